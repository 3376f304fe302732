import { Type, type Static } from 'typebox';

/** Letters, digits and `_ . @ -`, at most 64, so that an id may stand in a header and in a cache entry. */
export const USER_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/;
export const UserId = Type.String({ pattern: USER_ID_PATTERN.source });

export const ROLES = ['user', 'operator', 'admin'] as const;
export const Role = Type.Enum([...ROLES]);
export type Role = Static<typeof Role>;
