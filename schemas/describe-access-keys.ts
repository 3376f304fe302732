import { Type, type Static } from './type.ts';
import { AccessKey, AccessKeyId } from './access-key.ts';
import { UserId } from './user.ts';

/** The most keys that a user may have: enough to change one after the other, few enough to list at once. */
export const MAX_KEYS_PER_USER = 20;

export const DescribeAccessKeysInput = Type.Object(
  {
    accessKeyIds: Type.Optional(Type.Array(AccessKeyId, { minItems: 1, maxItems: 100 })),
    owner: Type.Optional(UserId),
  },
  { additionalProperties: false },
);
export type DescribeAccessKeysInput = Static<typeof DescribeAccessKeysInput>;

/** The keys of one user, oldest first. */
export const DescribeAccessKeysOutput = Type.Object(
  { accessKeys: Type.Array(AccessKey), total: Type.Integer({ minimum: 0 }) },
  { additionalProperties: false },
);

export const DescribeAccessKeyInput = Type.Object(
  { accessKeyId: Type.String() },
  { additionalProperties: false },
);
export type DescribeAccessKeyInput = Static<typeof DescribeAccessKeyInput>;
