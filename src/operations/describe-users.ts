import { DescribeUsersInput, DescribeUsersOutput } from '../../schemas/describe-users.ts';
import { readUserCursor, writeUserCursor } from '../accounts/user-cursor.ts';
import { viewUser, type User } from '../accounts/user.ts';
import { refuseParameters } from '../errors.ts';
import type { MemberOperation } from '../operation.ts';
import type { UserFilter } from '../ports.ts';

export const describeUsers: MemberOperation<
  DescribeUsersInput,
  { readonly users: readonly User[]; readonly total: number; readonly next?: string }
> = {
  summary: {
    en: 'List users by id; who is no admin sees itself alone.',
    zh: '按 id 顺序查询用户；非管理员只能看到自己。',
  },
  input: DescribeUsersInput,
  output: DescribeUsersOutput,
  permission: 'self',
  async handle({ input, caller, ports: { accounts } }) {
    const { userIds: asked, role, status, offset, limit } = input;
    const own = (asked ?? [caller.userId]).filter((userId) => userId === caller.userId);
    const userIds = caller.role === 'admin' ? asked : own;
    const after = input.after === undefined ? undefined : readUserCursor(input.after);
    if (input.after !== undefined && after === undefined) {
      throw refuseParameters([{ parameter: 'after', fault: { is: 'format', expected: 'cursor' } }]);
    }
    const filter: UserFilter = { userIds, role, active: status && status === 'active' };
    // One more than asked tells whether there is a next page.
    const page = { offset: after === undefined ? offset : 0, limit: limit + 1, after };
    const [rows, total] = await Promise.all([accounts.listUsers(filter, page), accounts.countUsers(filter)]);
    const users = rows.slice(0, limit).map(viewUser);
    const last = users.at(-1);
    const more = last && rows.length > limit;
    return { users, total, ...(more && { next: writeUserCursor(last.userId) }) };
  },
};
