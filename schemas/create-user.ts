import { Type, type Static } from './type.ts';
import { IdempotencyKey } from './job.ts';
import { Email, NewPassword, Role, UserId } from './user.ts';

/** Without a password the user gets a mail to choose one with. Without an id one is invented. */
export const CreateUserInput = Type.Object(
  {
    userId: Type.Optional(UserId),
    role: Type.Optional(Role),
    email: Type.Optional(Email),
    password: Type.Optional(NewPassword),
    idempotencyKey: Type.Optional(IdempotencyKey),
  },
  { additionalProperties: false },
);
export type CreateUserInput = Static<typeof CreateUserInput>;
