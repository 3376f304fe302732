import { Type, type Static } from './type.ts';
import { IdempotencyKey } from './job.ts';
import { GivenPassword, NewPassword, OneTimeToken, UserId } from './user.ts';

/** What an activation and a reset take: the token of a mail, and the password to set, twice. */
export const ActivateUserInput = Type.Object(
  {
    token: OneTimeToken,
    password: NewPassword,
    confirmation: GivenPassword,
    idempotencyKey: Type.Optional(IdempotencyKey),
  },
  { additionalProperties: false },
);
export type ActivateUserInput = Static<typeof ActivateUserInput>;

/** Whose password it is now: who reads the mail may have forgotten the id. */
export const ActivateUserOutput = Type.Object({ userId: UserId }, { additionalProperties: false });
export type ActivateUserOutput = Static<typeof ActivateUserOutput>;
