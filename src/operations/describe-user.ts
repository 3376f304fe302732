import { DescribeUserInput } from '../../schemas/describe-users.ts';
import { User as UserSchema } from '../../schemas/user.ts';
import { accountFor } from '../accounts/own-account.ts';
import { viewUser, type User } from '../accounts/user.ts';
import { Refusal } from '../errors.ts';
import type { MemberOperation } from '../operation.ts';

export const describeUser: MemberOperation<DescribeUserInput, User> = {
  summary: { en: 'Show one user.', zh: '查询单个用户。' },
  input: DescribeUserInput,
  output: UserSchema,
  permission: 'self',
  async handle({ input, caller, ports }) {
    const user = await ports.accounts.findUser(accountFor(caller, input.userId));
    if (!user) throw new Refusal('user_not_found');
    return viewUser(user);
  },
};
