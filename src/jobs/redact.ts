import { visit } from 'jsonc-parser';
import type { JsonText } from './job.ts';

const MASK = '"******"';

/** Keys whose last words are these hold a secret, however they are spelled: `db_password`, `awsSecretKey`, `PWD`. */
const SECRET_ENDINGS = new Set([
  'password',
  'passwd',
  'pwd',
  'token',
  'secret',
  'secretkey',
  'secretaccesskey',
  'privatekey',
  'signature',
]);

/** These end so but are needed to make a call again, and secret to no one. */
const HARMLESS = new Set(['client token']);

/**
 * Free data with the values of secret keys replaced, at any depth. All else stays as it came, key by key and
 * space by space. An empty value tells nothing and stays.
 * @param text well-formed JSON
 */
export function redactSecrets(text: JsonText): JsonText {
  const cuts: { start: number; end: number }[] = [];
  let depth = 0;
  /** The depth at which the secret value that is being skipped began, and where. */
  let skipping: { depth: number; start: number } | undefined;
  let secret = false;

  const begin = (offset: number): void => {
    if (secret && !skipping) skipping = { depth, start: offset };
    secret = false;
    depth++;
  };
  const end = (offset: number, length: number): void => {
    depth--;
    if (skipping?.depth === depth) {
      const empty = text.slice(skipping.start + 1, offset).trim() === '';
      if (!empty) cuts.push({ start: skipping.start, end: offset + length });
      skipping = undefined;
    }
  };
  visit(text, {
    onObjectProperty(key) {
      secret = !skipping && isSecret(key);
    },
    onLiteralValue(value, offset, length) {
      if (secret && !skipping && value !== '' && value !== null)
        cuts.push({ start: offset, end: offset + length });
      secret = false;
    },
    onObjectBegin: begin,
    onArrayBegin: begin,
    onObjectEnd: end,
    onArrayEnd: end,
  });

  let redacted = '';
  let from = 0;
  for (const cut of cuts) {
    redacted += text.slice(from, cut.start) + MASK;
    from = cut.end;
  }
  return redacted + text.slice(from);
}

const LONGEST_ENDING = Math.max(...[...SECRET_ENDINGS].map((ending) => ending.length));

/** `signature_method` and `access_key_id` end in other words and are kept. */
function isSecret(key: string): boolean {
  const words = wordsOf(key);
  if (HARMLESS.has(words.slice(-2).join(' '))) return false;
  // From the last word on, and no further than an ending is long: a key may have a million words.
  let ending = '';
  for (let at = words.length - 1; at >= 0 && ending.length < LONGEST_ENDING; at--) {
    ending = `${words[at]}${ending}`;
    if (SECRET_ENDINGS.has(ending)) return true;
  }
  return false;
}

/**
 * `userPassword`, `USER_PASSWORD`, `user-password` and `user.password.1` → user, password. Each expression looks at a
 * letter and no more than two behind it, so that a long key takes no longer than its length says.
 */
function wordsOf(key: string): string[] {
  return key
    .replace(/[a-z0-9](?=[A-Z])/g, '$& ')
    .replace(/[A-Z](?=[A-Z][a-z])/g, '$& ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !/^\d+$/.test(word));
}
