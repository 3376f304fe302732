import { LogOutInput, LogOutOutput } from '../../schemas/log-out.ts';
import { actorOf } from '../accounts/audit.ts';
import { accountKey } from '../accounts/user.ts';
import type { MemberOperation } from '../operation.ts';

export const logOut: MemberOperation<object, object> = {
  summary: {
    en: 'Log out: the token of this call ends at once.',
    zh: '退出登录：本次调用的 token 立即失效。',
  },
  input: LogOutInput,
  output: LogOutOutput,
  permission: 'self',
  async handle({ caller, origin, ports }) {
    const { userId, claim } = caller;
    await ports.changes.change([accountKey(userId)], async (tx) => {
      await tx.removeTokens(userId, claim.digest);
      const change = { operation: 'log-out', about: userId, fields: ['token'] };
      await tx.addAudit({ ...actorOf(caller, origin), time: ports.clock(), ...change });
    });
    return {};
  },
};
