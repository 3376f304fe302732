import { Type, type Static } from './type.ts';
import { TEXT_PATTERN } from './job.ts';

/** Letters, digits and `_ . @ -`, at most 64, so that an id may stand in a header and in a cache entry. */
export const USER_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/;
export const UserId = Type.String({ pattern: USER_ID_PATTERN.source });

export const ROLES = ['user', 'operator', 'admin'] as const;
export const Role = Type.Enum([...ROLES]);
export type Role = Static<typeof Role>;

export const USER_STATUSES = ['active', 'inactive'] as const;
export const UserStatus = Type.Enum([...USER_STATUSES]);
export type UserStatus = Static<typeof UserStatus>;

const LETTER = '\\p{L}\\p{M}\\p{N}';
const ATOM = `[${LETTER}!#$%&'*+/=?^_\`{|}~\\-]+`;
const LABEL = `[\\p{L}\\p{N}]([${LETTER}\\-]*[${LETTER}])?`;

/**
 * A mailbox as RFC 6531 writes it without quotes, comments and address literals: letters of any script, and no space,
 * line break, comma or angle bracket that could make two addresses or a header of one.
 */
export const EMAIL_PATTERN = `^(?=.{1,64}@)${ATOM}(\\.${ATOM})*@${LABEL}(\\.${LABEL})*$`;
export const Email = Type.String({ maxLength: 254, pattern: EMAIL_PATTERN });

/** Shorter passwords are refused, whoever sets them; in characters. */
export const PASSWORD_LEAST = 8;
/** A longer one in base64 would not fit where the credentials of a call stand; in characters. */
export const PASSWORD_MOST = 256;

/** A password that is to be set. */
export const NewPassword = Type.String({
  format: 'password',
  minLength: PASSWORD_LEAST,
  maxLength: PASSWORD_MOST,
  pattern: TEXT_PATTERN,
});

/** A password as somebody gives it to be compared. */
export const GivenPassword = Type.String({ format: 'password', minLength: 1, maxLength: 1024 });

/** The word in a mail that proves who reads it; shown nowhere else. */
export const OneTimeToken = Type.String({ minLength: 1, maxLength: 128 });

/** A user as it is shown: nothing of its password. `lastLoginTime` is that of its last token; absent before it. */
export const User = Type.Object(
  {
    userId: UserId,
    role: Role,
    status: UserStatus,
    email: Type.Optional(Email),
    createTime: Type.String({ format: 'date-time' }),
    lastLoginTime: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { additionalProperties: false },
);
