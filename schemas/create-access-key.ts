import { Type, type Static } from './type.ts';
import { AccessKey, AccessKeyName } from './access-key.ts';
import { IdempotencyKey } from './job.ts';
import { UserId } from './user.ts';

export const CreateAccessKeyInput = Type.Object(
  {
    accessKeyName: Type.Optional(AccessKeyName),
    owner: Type.Optional(UserId),
    idempotencyKey: Type.Optional(IdempotencyKey),
  },
  { additionalProperties: false },
);
export type CreateAccessKeyInput = Static<typeof CreateAccessKeyInput>;

/** The secret is shown this once; the store keeps it encrypted. */
export const CreateAccessKeyOutput = Type.Object(
  { ...AccessKey.properties, secretAccessKey: Type.String() },
  { additionalProperties: false },
);
