import { Type, type Static } from './type.ts';
import { AccessKeyId } from './access-key.ts';

/** All of the keys, or none. */
export const RemoveAccessKeysInput = Type.Object(
  { accessKeyIds: Type.Array(AccessKeyId, { minItems: 1, maxItems: 100 }) },
  { additionalProperties: false },
);
export type RemoveAccessKeysInput = Static<typeof RemoveAccessKeysInput>;

export const RemoveAccessKeysOutput = Type.Object(
  { accessKeyIds: Type.Array(Type.String()) },
  { additionalProperties: false },
);
export type RemoveAccessKeysOutput = Static<typeof RemoveAccessKeysOutput>;
