import { LogOutInput, LogOutOutput } from '../../schemas/log-out.ts';
import type { MemberOperation } from '../operation.ts';

export const logOut: MemberOperation<object, object> = {
  summary: {
    en: 'Log out: the token of this call ends at once.',
    zh: '退出登录：本次调用的 token 立即失效。',
  },
  input: LogOutInput,
  output: LogOutOutput,
  permission: 'self',
  async handle({ caller, ports }) {
    const { userId, claim } = caller;
    await ports.changes.change([{ kind: 'account', id: userId }], (tx) =>
      tx.removeTokens(userId, claim.digest),
    );
    return {};
  },
};
