import { Type, type Static } from './type.ts';
import { TEXT_PATTERN } from './job.ts';
import { UserId } from './user.ts';

/** The id of an access key: 20 capital letters, as QingCloud's are. */
export const AccessKeyId = Type.String({ minLength: 1, maxLength: 64 });

/** What tells a user's keys apart; any words of the user's own. */
export const AccessKeyName = Type.String({ maxLength: 64, pattern: TEXT_PATTERN });

export const ACCESS_KEY_STATUSES = ['active', 'disabled'] as const;
export const AccessKeyStatus = Type.Enum([...ACCESS_KEY_STATUSES]);
export type AccessKeyStatus = Static<typeof AccessKeyStatus>;

/** An access key as it is shown: never its secret. `lastUsedTime` is exact to a minute; absent before the first use. */
export const AccessKey = Type.Object(
  {
    accessKeyId: AccessKeyId,
    accessKeyName: AccessKeyName,
    owner: UserId,
    status: AccessKeyStatus,
    createTime: Type.String({ format: 'date-time' }),
    lastUsedTime: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { additionalProperties: false },
);
