import { ChangePasswordInput, ChangePasswordOutput } from '../../schemas/change-password.ts';
import { actorOf } from '../accounts/audit.ts';
import { setPassword } from '../accounts/manage-users.ts';
import { accountFor } from '../accounts/own-account.ts';
import { provePassword } from '../accounts/prove-password.ts';
import { Refusal, refuseParameters } from '../errors.ts';
import type { MemberOperation } from '../operation.ts';

export const changePassword: MemberOperation<ChangePasswordInput, ChangePasswordOutput> = {
  summary: {
    en: 'Set another password: the own one by giving the old, as an admin anybody’s. All tokens of the user end.',
    zh: '修改密码：修改自己的须提供旧密码，管理员可修改他人的；该用户的所有 token 立即失效。',
  },
  input: ChangePasswordInput,
  output: ChangePasswordOutput,
  permission: 'self',
  async handle({ input, caller, origin, ports }) {
    const { oldPassword, newPassword, confirmation } = input;
    const userId = accountFor(caller, input.userId);
    const by = actorOf(caller, origin);
    if (newPassword !== confirmation) throw new Refusal('passwords_differ');
    if (userId !== caller.userId) {
      await setPassword(ports, userId, newPassword, by);
      return { userId };
    }
    if (oldPassword === undefined) {
      throw refuseParameters([{ parameter: 'oldPassword', fault: { is: 'required' } }]);
    }
    const proven = await provePassword(ports, userId, oldPassword, origin.address, false);
    // A signed call that comes again is told what it came to, though its old password is the old one by now.
    if (!proven && !caller.claim.signed) throw new Refusal('wrong_password');
    await setPassword(ports, userId, newPassword, by, (user) => {
      if (!proven || user.passwordHash !== proven.passwordHash) throw new Refusal('wrong_password');
    });
    return { userId };
  },
};
