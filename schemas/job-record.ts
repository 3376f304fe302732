import { Type } from './type.ts';
import { JOB_ID_PATTERN, JobStatus, JobText, JobWord, Note, PreStatus } from './job.ts';
import { UserId } from './user.ts';

const Time = Type.String({ format: 'date-time' });

/** Half of what the column holds: the job must be able to change for ever after. */
const Version = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });

/** One change in the timeline of a record. */
export const JobRecordEvent = Type.Object(
  { version: Version, status: JobStatus, preStatus: PreStatus, time: Time, userId: UserId, note: Note },
  { additionalProperties: false },
);

/** All that a store knows of one job, for another store. The rows of its timeline are judged one by one. */
export const JobRecord = Type.Object(
  {
    jobId: Type.String({ pattern: JOB_ID_PATTERN.source }),
    jobType: JobWord,
    jobAction: JobWord,
    owner: UserId,
    status: JobStatus,
    preStatus: PreStatus,
    resources: JobText,
    directive: Type.Optional(JobText),
    createTime: Time,
    updateTime: Time,
    version: Version,
    hiddenTime: Type.Optional(Time),
    timeline: Type.Array(Type.Unknown()),
  },
  { additionalProperties: false },
);
