import { Type, type Static } from './type.ts';
import { Email, Role, UserStatus } from './user.ts';

/** What is left out stays. */
export const ChangeUserInput = Type.Object(
  {
    userId: Type.String(),
    role: Type.Optional(Role),
    status: Type.Optional(UserStatus),
    email: Type.Optional(Email),
  },
  { additionalProperties: false },
);
export type ChangeUserInput = Static<typeof ChangeUserInput>;
