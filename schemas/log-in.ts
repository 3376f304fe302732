import { Type, type Static } from 'typebox';

export const LogInInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    password: Type.String({ minLength: 1, maxLength: 1024 }),
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
