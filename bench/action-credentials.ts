import { createHmac } from 'node:crypto';

/** All that one user may prove who it is with. */
export interface Caller {
  readonly userId: string;
  readonly password: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** How a call of the action API says who makes it: made anew for each call, as a client would. */
export type ActionCredentials = (
  parameters: Readonly<Record<string, string>>,
  caller: Caller,
) => Readonly<Record<string, string>>;

export const ACTION_PATH = '/iaas/';

let signed = 0;

/** Every way there is; each is measured. Signed calls are GETs, as those of QingCloud's clients are. */
export const actionCredentials = {
  'USER_ID and PASSWORD': (parameters, { userId, password }) => ({
    ...parameters,
    USER_ID: userId,
    PASSWORD: Buffer.from(password).toString('base64'),
  }),
  'access key and signature': (parameters, { accessKeyId, secretAccessKey }) => {
    const all: Record<string, string> = {
      ...parameters,
      access_key_id: accessKeyId,
      // No two calls of one second are alike.
      req_id: String(++signed),
      signature_method: 'HmacSHA256',
      signature_version: '1',
      time_stamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    };
    const names = Object.keys(all).toSorted();
    const pairs = names.map((name) => `${name}=${encodeURIComponent(all[name]!)}`);
    const text = `GET\n${ACTION_PATH}\n${pairs.join('&')}`;
    const signature = createHmac('sha256', secretAccessKey).update(text).digest('base64');
    // In the order in which they were signed, and the signature last, as QingCloud's clients in Python and Go send them.
    return { ...Object.fromEntries(names.map((name) => [name, all[name]!])), signature };
  },
} as const satisfies Readonly<Record<string, ActionCredentials>>;

export type ActionWay = keyof typeof actionCredentials;
