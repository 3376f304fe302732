import { Type, type Static } from './type.ts';

/** Without `userId` the caller's own. */
export const RevokeTokensInput = Type.Object(
  { userId: Type.Optional(Type.String()) },
  { additionalProperties: false },
);
export type RevokeTokensInput = Static<typeof RevokeTokensInput>;

export const RevokeTokensOutput = Type.Object({ userId: Type.String() }, { additionalProperties: false });
export type RevokeTokensOutput = Static<typeof RevokeTokensOutput>;
