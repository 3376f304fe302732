import { ActivateUserInput, ActivateUserOutput } from '../../schemas/activate-user.ts';
import { activateUser as redeem } from '../accounts/redeem-token.ts';
import { Refusal } from '../errors.ts';
import type { OpenOperation } from '../operation.ts';

export const activateUser: OpenOperation<ActivateUserInput, ActivateUserOutput> = {
  summary: {
    en: 'Activate an invited user, with the token of its mail and a password of its choice.',
    zh: '用激活邮件中的 token 激活用户，并设置密码。',
  },
  input: ActivateUserInput,
  output: ActivateUserOutput,
  permission: 'anyone',
  async handle({ input: { confirmation, ...given }, origin, ports }) {
    if (given.password !== confirmation) throw new Refusal('passwords_differ');
    return { userId: await redeem(ports, given, origin) };
  },
};
