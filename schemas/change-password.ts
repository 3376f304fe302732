import { Type, type Static } from './type.ts';
import { GivenPassword, NewPassword } from './user.ts';

/** Without `userId` the caller's own. An admin needs no old password for another's. */
export const ChangePasswordInput = Type.Object(
  {
    userId: Type.Optional(Type.String()),
    oldPassword: Type.Optional(GivenPassword),
    newPassword: NewPassword,
    confirmation: GivenPassword,
  },
  { additionalProperties: false },
);
export type ChangePasswordInput = Static<typeof ChangePasswordInput>;

export const ChangePasswordOutput = Type.Object({ userId: Type.String() }, { additionalProperties: false });
export type ChangePasswordOutput = Static<typeof ChangePasswordOutput>;
