import { Type, type Static } from './type.ts';
import { AccessKeyId, AccessKeyName, AccessKeyStatus } from './access-key.ts';

/** What is left out stays. */
export const ChangeAccessKeyInput = Type.Object(
  {
    accessKeyId: AccessKeyId,
    accessKeyName: Type.Optional(AccessKeyName),
    status: Type.Optional(AccessKeyStatus),
  },
  { additionalProperties: false },
);
export type ChangeAccessKeyInput = Static<typeof ChangeAccessKeyInput>;
