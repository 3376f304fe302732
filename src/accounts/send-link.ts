import { createHash } from 'node:crypto';
import { ANSWER_KEPT_FOR, digestOf, KeyTaken } from '../jobs/answer-once.ts';
import type { Language } from '../language.ts';
import type { KeyedAnswer, Mail, Outbox, Ports } from '../ports.ts';
import { inventOneTimeToken, type InventedToken } from './one-time-token.ts';
import { emailKey } from './user.ts';

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
 * of yet; nothing where an admin deactivated the user, the address is nobody's, or the request came before.
 */
export async function prepareLink(
  { accounts, clock }: Pick<Ports, 'accounts' | 'clock'>,
  asked: {
    readonly email: string;
    readonly language: Language;
    readonly idempotencyKey?: string | undefined;
  },
): Promise<Mail | undefined> {
  const { email, language, idempotencyKey } = asked;
  for (let round = 0; round < ROUNDS; round++) {
    const user = await accounts.findUserByEmail(email);
    if (user?.email === undefined || !(user.active || user.invited)) return undefined;
    const invented = inventOneTimeToken(user.userId, user.active ? 'reset' : 'activation', clock());
    const answer = keyedAnswer(email, idempotencyKey, clock());
    try {
      // To the address on record: the one that was asked for may be spelled in another way.
      if (await accounts.addOneTimeToken(invented.stored, user.version, answer)) {
        return mailFor(user.email, invented, language);
      }
    } catch (thrown) {
      if (thrown instanceof KeyTaken) return undefined;
      throw thrown;
    }
  }
  return undefined;
}

/** Whoever asks need be nobody that is known: a key belongs to the address that it came with. No user's id has a space. */
function keyedAnswer(email: string, key: string | undefined, time: number): KeyedAnswer | undefined {
  if (key === undefined) return undefined;
  const userId = `email ${createHash('sha256').update(emailKey(email)).digest('base64url')}`;
  const digest = digestOf({ operation: 'request-reset', request: {} });
  return { userId, key, digest, answer: '{}', time, since: time - ANSWER_KEPT_FOR };
}
