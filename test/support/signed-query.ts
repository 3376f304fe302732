import { createHmac } from 'node:crypto';
import { stringToSign } from '../../adapters/action/signature.ts';

/** Both halves of an access key. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
}

/** The query or form of a call of the action API, signed as QingCloud's clients do. */
export function signCall(
  { id, secret }: AccessKey,
  method: 'GET' | 'POST',
  path: string,
  parameters: Readonly<Record<string, string>>,
): string {
  const sent = Object.entries({
    ...parameters,
    access_key_id: id,
    signature_method: 'HmacSHA256',
    signature_version: '1',
    version: '1',
    time_stamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  }).map(([name, value]) => ({ name, value }));
  const text = stringToSign(method, path, sent) ?? '';
  const signature = createHmac('sha256', secret).update(text).digest('base64');
  return [...sent, { name: 'signature', value: signature }]
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}
