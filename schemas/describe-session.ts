import { Type, type Static } from './type.ts';
import { Role, UserId } from './user.ts';

export const DescribeSessionInput = Type.Object({}, { additionalProperties: false });

/** Whose credentials came with the call, and until when they hold. */
export const DescribeSessionOutput = Type.Object(
  {
    userId: UserId,
    role: Role,
    expireTime: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { additionalProperties: false },
);
export type DescribeSessionOutput = Static<typeof DescribeSessionOutput>;
