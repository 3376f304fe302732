import { Type, type Static } from './type.ts';
import { IdempotencyKey } from './job.ts';
import { Email } from './user.ts';

export const RequestResetInput = Type.Object(
  { email: Email, idempotencyKey: Type.Optional(IdempotencyKey) },
  { additionalProperties: false },
);
export type RequestResetInput = Static<typeof RequestResetInput>;

/** Nothing: whether the address is anybody's is not told. */
export const RequestResetOutput = Type.Object({}, { additionalProperties: false });
