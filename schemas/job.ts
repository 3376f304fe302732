import { Type, type Static } from './type.ts';

/** The form of a job's id. New ids are `j-` and 8 random characters; upper and lower case are different ids. */
export const JOB_ID_PATTERN = /^j-[A-Za-z0-9]{8,16}$/;

/** Free JSON that belongs to the caller: kept as it came, never re-spelled. */
const FreeObject = Type.Object({}, { additionalProperties: true });

/** Text that every store keeps as it is: no NUL, at which SQLite ends a text, and no half of a character. */
export const TEXT_PATTERN = '^[^\\u0000\\ud800-\\udfff]*$';

/** A job's type and action: any words of the caller's own. */
export const JobWord = Type.String({ minLength: 1, maxLength: 64, pattern: TEXT_PATTERN });

/** Free data on its way in: the text of one JSON object, so that nothing of it is lost. */
export const JobText = Type.String({ format: 'json-object' });

/** What a job is doing: an open set of words. Four of them are final. */
export const STATUS_PATTERN = /^[a-z][a-z0-9 _-]{0,31}$/;
export const JobStatus = Type.String({ pattern: STATUS_PATTERN.source });

/** The status before, which is empty until the first change. */
export const PRE_STATUS_PATTERN = /^([a-z][a-z0-9 _-]{0,31})?$/;
export const PreStatus = Type.String({ pattern: PRE_STATUS_PATTERN.source });

/** The statuses after which a job never changes its status again. */
export const FINAL_STATUSES = ['successful', 'failed', 'canceled', 'done with failure'] as const;

/** The versions that a writer has seen; a job of another version is not changed. */
export const SeenVersions = Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 20 });

/** What the key of a request may be made of: it may stand in a header. */
export const KEY_PATTERN = '^[\\x21-\\x7e]+$';

/** A word that a caller makes up for one request, so that a retry has no second effect. */
export const IdempotencyKey = Type.String({ minLength: 1, maxLength: 128, pattern: KEY_PATTERN });

/** A remark for the timeline. */
export const Note = Type.String({ maxLength: 1024, pattern: TEXT_PATTERN });

/** A job as every reader sees it. Times are RFC 3339 in UTC with milliseconds. */
export const Job = Type.Object(
  {
    jobId: Type.String({ pattern: JOB_ID_PATTERN.source }),
    jobType: JobWord,
    jobAction: JobWord,
    owner: Type.String(),
    status: Type.String(),
    preStatus: Type.String(),
    resources: FreeObject,
    directive: Type.Optional(FreeObject),
    createTime: Type.String({ format: 'date-time' }),
    updateTime: Type.String({ format: 'date-time' }),
    version: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false },
);
export type Job = Static<typeof Job>;
