import { RevokeTokensInput, RevokeTokensOutput } from '../../schemas/revoke-tokens.ts';
import { actorOf } from '../accounts/audit.ts';
import { revokeTokens as revoke } from '../accounts/manage-users.ts';
import { accountFor } from '../accounts/own-account.ts';
import type { MemberOperation } from '../operation.ts';

export const revokeTokens: MemberOperation<RevokeTokensInput, RevokeTokensOutput> = {
  summary: {
    en: 'End every token of a user at once, the one of this call too.',
    zh: '立即使某个用户的所有 token 失效，包括本次调用所用的。',
  },
  input: RevokeTokensInput,
  output: RevokeTokensOutput,
  permission: 'self',
  async handle({ input, caller, origin, ports }) {
    const userId = accountFor(caller, input.userId);
    await revoke(ports, userId, actorOf(caller, origin));
    return { userId };
  },
};
