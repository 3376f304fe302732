import { Type, type Static } from './type.ts';

export const DescribePasswordKeyInput = Type.Object({}, { additionalProperties: false });

/** The public half of the key that passwords are encrypted with, as PEM (SPKI), and how to use it. */
export const DescribePasswordKeyOutput = Type.Object(
  { algorithm: Type.Enum(['RSA-OAEP-SHA256']), publicKey: Type.String() },
  { additionalProperties: false },
);
export type DescribePasswordKeyOutput = Static<typeof DescribePasswordKeyOutput>;
