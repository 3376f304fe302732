import { USER_ID_PATTERN } from '../../schemas/user.ts';

/** Where a page of users ended, as an opaque word that may stand in a URL as it is. */
export function writeUserCursor(userId: string): string {
  return Buffer.from(JSON.stringify(['users', userId])).toString('base64url');
}

/** The id of the last user before; undefined where the word is not one that {@link writeUserCursor} could have made. */
export function readUserCursor(word: string): string | undefined {
  try {
    const fields: unknown = JSON.parse(Buffer.from(word, 'base64url').toString());
    if (!Array.isArray(fields) || typeof fields[1] !== 'string') return undefined;
    const userId = fields[1];
    return USER_ID_PATTERN.test(userId) && writeUserCursor(userId) === word ? userId : undefined;
  } catch {
    return undefined;
  }
}
