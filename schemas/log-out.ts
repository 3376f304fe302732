import { Type } from './type.ts';

export const LogOutInput = Type.Object({}, { additionalProperties: false });
export const LogOutOutput = Type.Object({}, { additionalProperties: false });
