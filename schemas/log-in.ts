import { Type, type Static } from './type.ts';
import { IdempotencyKey } from './job.ts';

/** A log-in that comes again gives another token: a key is taken, as by all that is alike, and changes nothing. */
export const LogInInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    password: Type.String({ minLength: 1, maxLength: 1024 }),
    idempotencyKey: Type.Optional(IdempotencyKey),
  },
  { additionalProperties: false },
);
export type LogInInput = Static<typeof LogInInput>;

/** The token is shown this once; the store keeps only its digest. */
export const LogInOutput = Type.Object(
  { token: Type.String(), expireTime: Type.String({ format: 'date-time' }) },
  { additionalProperties: false },
);
export type LogInOutput = Static<typeof LogInOutput>;
