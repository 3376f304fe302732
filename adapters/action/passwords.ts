import type { PasswordKey } from '../../src/accounts/password-key.ts';
import { Refusal, type Detail, type Problem } from '../../src/errors.ts';
import type { RawInput } from '../../src/gateway/gateway.ts';
import { operationNames, operations, type OperationName } from '../../src/operations/index.ts';
import { decodeText } from '../wire/body.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { shapeOf } from '../wire/parameters.ts';
import { isInQuery, type ActionForm } from './form.ts';
import { parameterOf } from './names.ts';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const BASE64_MOST = 2_048;

/** How a password may be written. */
export const PASSWORD_CIPHERS = ['base64', 'rsa'] as const;
export type PasswordCipher = (typeof PASSWORD_CIPHERS)[number];

export interface PasswordSettings {
  /** Whether a password may stand in a URL. */
  readonly passwordInQuery: boolean;
  readonly passwordCiphers: readonly PasswordCipher[];
}

/**
 * A password as it was written: readable, if it is one, for the gateway's key alone, or not to be taken. `written` is nearly
 * the same for all ways to write one.
 */
export type WrittenPassword =
  | { readonly by: 'password'; readonly written: string; readonly read: () => string | undefined }
  | { readonly by: 'cipher'; readonly cipher: Buffer }
  | { readonly by: 'nothing'; readonly detail: Detail };

/** `rsa:` and a cipher text that only the gateway's key opens, or the base64 of the password. */
export function readPassword(
  sent: string,
  request: WireRequest,
  accepted: readonly PasswordCipher[],
): WrittenPassword {
  const encrypted = sent.startsWith('rsa:');
  if (!accepted.includes(encrypted ? 'rsa' : 'base64')) return { by: 'nothing', detail: 'cipher-refused' };
  if (encrypted) {
    const cipher = readBase64(sent.slice(4));
    return cipher ? { by: 'cipher', cipher } : { by: 'nothing', detail: 'credentials-malformed' };
  }
  if (request.passwordsRefused) return { by: 'nothing', detail: 'password-in-the-clear' };
  const read = (): string | undefined => readText(readBase64(sent)) || undefined;
  if (isUsual(sent)) return { by: 'password', written: sent, read };
  // Each way to write it would be proved anew, and of spaces alone there are as many as one likes.
  const password = read();
  if (password === undefined) return { by: 'nothing', detail: 'credentials-malformed' };
  return { by: 'password', written: Buffer.from(password).toString('base64'), read: () => password };
}

/** Base64 as it is usually written; of the same bytes there are sixteen such texts at the most. */
function isUsual(text: string): boolean {
  return text.length % 4 === 0 && text.length <= BASE64_MOST && BASE64.test(text);
}

const withPasswords: ReadonlySet<OperationName> = new Set(
  operationNames.filter((name) =>
    Object.values(shapeOf(operations[name].input).properties).some(({ format }) => format === 'password'),
  ),
);

/** Whether an operation has a parameter that is a password. */
export function takesPasswords(operation: OperationName): boolean {
  return withPasswords.has(operation);
}

/**
 * Puts the passwords themselves in place of what was written for them.
 * @throws Refusal `invalid_parameter` where one came by a way, or in a form, in which none is taken
 */
export async function openPasswords(
  operation: OperationName,
  { value, problems }: RawInput,
  form: ActionForm,
  request: WireRequest,
  settings: PasswordSettings,
  passwordKey: PasswordKey | undefined,
): Promise<RawInput> {
  const { properties } = shapeOf(operations[operation].input);
  const opened: Record<string, unknown> = { ...value };
  const unreadable: Problem[] = [];
  for (const [property, sent] of Object.entries(value)) {
    if (properties[property]?.format !== 'password' || typeof sent !== 'string') continue;
    const name = parameterOf(property);
    if (!settings.passwordInQuery && isInQuery(form, name)) refuse('password-in-query');
    const written = readPassword(sent, request, settings.passwordCiphers);
    if (written.by === 'nothing' && written.detail !== 'credentials-malformed') refuse(written.detail);
    if (written.by === 'cipher' && !passwordKey) refuse('cipher-refused');
    const password =
      written.by === 'password'
        ? written.read()
        : written.by === 'cipher' && (await passwordKey?.decrypt(written.cipher));
    // Validation would judge the password itself, which is not known.
    delete opened[property];
    if (password) opened[property] = password;
    else unreadable.push({ parameter: property, fault: { is: 'format', expected: 'password' } });
  }
  return { value: opened, problems: [...problems, ...unreadable] };
}

function refuse(detail: Detail): never {
  throw new Refusal('invalid_parameter', { detail });
}

function readBase64(text: string): Buffer | undefined {
  // A `+` that was not escaped in a form arrives as a space, and base64 has no spaces.
  const base64 = text.trim().replaceAll(' ', '+');
  const fits = base64.length <= BASE64_MOST && BASE64.test(base64);
  return fits ? Buffer.from(base64, 'base64') : undefined;
}

function readText(bytes: Buffer | undefined): string | undefined {
  try {
    return bytes && decodeText(bytes);
  } catch {
    return undefined;
  }
}
