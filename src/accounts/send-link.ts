import type { Language } from '../language.ts';
import type { Mail, Outbox, Ports } from '../ports.ts';
import { inventOneTimeToken, type InventedToken } from './one-time-token.ts';

/** An account that changes at every look is left alone. */
const ROUNDS = 3;

/** The mail that brings a user its token. */
function mailFor(to: string, { token, stored }: InventedToken, language: Language): Mail {
  const { purpose, userId, expireTime } = stored;
  return { to, purpose, language, userId, token, expireTime };
}

/** Posts the mail of an invitation, where one was made and its user has an address. */
export function sendInvitation(
  outbox: Outbox | undefined,
  email: string | undefined,
  invitation: InventedToken | undefined,
  language: Language,
): void {
  if (email !== undefined && invitation) outbox?.post(async () => mailFor(email, invitation, language));
}

/**
 * What the owner of an address is sent who cannot get in: a reset; the activation once more where it was not made use
 * of yet; nothing where an admin deactivated the user, or the address is nobody's.
 */
export async function prepareLink(
  { accounts, clock }: Pick<Ports, 'accounts' | 'clock'>,
  email: string,
  language: Language,
): Promise<Mail | undefined> {
  for (let round = 0; round < ROUNDS; round++) {
    const user = await accounts.findUserByEmail(email);
    if (user?.email === undefined || !(user.active || user.invited)) return undefined;
    const invented = inventOneTimeToken(user.userId, user.active ? 'reset' : 'activation', clock());
    // To the address on record: the one that was asked for may be spelled in another way.
    if (await accounts.addOneTimeToken(invented.stored, user.version)) {
      return mailFor(user.email, invented, language);
    }
  }
  return undefined;
}
