import { ActivateUserInput, ActivateUserOutput } from '../../schemas/activate-user.ts';
import { resetPassword as redeem } from '../accounts/redeem-token.ts';
import { Refusal } from '../errors.ts';
import type { OpenOperation } from '../operation.ts';

export const resetPassword: OpenOperation<ActivateUserInput, ActivateUserOutput> = {
  summary: {
    en: 'Set a password with the token of a mail. All tokens of the user end.',
    zh: '用重置邮件中的 token 设置新密码；该用户的所有 token 立即失效。',
  },
  input: ActivateUserInput,
  output: ActivateUserOutput,
  permission: 'anyone',
  async handle({ input: { confirmation, ...given }, origin, ports }) {
    if (given.password !== confirmation) throw new Refusal('passwords_differ');
    return { userId: await redeem(ports, given, origin) };
  },
};
