import { Type, type Static } from './type.ts';
import { Role, User, UserStatus } from './user.ts';

/** The most ids, and the most users on a page, of one call. */
export const MAX_USERS_PER_CALL = 100;

export const DescribeUsersInput = Type.Object(
  {
    userIds: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: MAX_USERS_PER_CALL })),
    role: Type.Optional(Role),
    status: Type.Optional(UserStatus),
    after: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
    offset: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
    limit: Type.Integer({ minimum: 1, maximum: MAX_USERS_PER_CALL }),
  },
  { additionalProperties: false },
);
export type DescribeUsersInput = Static<typeof DescribeUsersInput>;

/** `total` counts every user that the caller may see and the filter matches; `next` is absent on the last page. */
export const DescribeUsersOutput = Type.Object(
  { users: Type.Array(User), total: Type.Integer({ minimum: 0 }), next: Type.Optional(Type.String()) },
  { additionalProperties: false },
);

export const DescribeUserInput = Type.Object({ userId: Type.String() }, { additionalProperties: false });
export type DescribeUserInput = Static<typeof DescribeUserInput>;
