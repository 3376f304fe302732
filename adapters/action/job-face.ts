import { LRUCache } from 'lru-cache';
import type { Job } from '../../src/jobs/job.ts';
import type { JobRenderer } from '../../src/jobs/job-view.ts';

export const SEED_FACE = 'seed';
export const SIGNED_FACE = 'signed';

/**
 * A job as one JSON object of the action API's first dialect: snake_case keys, times in the given zone.
 * @param timeZone an IANA name such as `Asia/Shanghai`
 */
export function createSeedRenderer(timeZone: string): JobRenderer {
  const time = wallClock(timeZone);
  return (job) => {
    const { jobAction, jobId, jobType, owner, status, preStatus } = job;
    const middle = JSON.stringify({ job_action: jobAction, job_id: jobId, job_type: jobType });
    const tail = JSON.stringify({
      owner,
      status,
      pre_status: preStatus,
      update_time: time(job.updateTime),
    });
    // The caller's own data goes in as text: parsing it would re-order its keys.
    const directive = job.directive === undefined ? '' : `"directive":${job.directive},`;
    return (
      `{"create_time":"${time(job.createTime)}",${directive}${middle.slice(1, -1)},` +
      `"resources":${job.resources},${tail.slice(1)}`
    );
  };
}

/**
 * A job as QingCloud's own clients read it: times in UTC to the second, `directive` as a string, what the job is about
 * as `resource_ids`. Source: the types of QingCloud's Go and Java clients, which refuse a whole answer otherwise.
 */
export function renderSignedJob(job: Job): string {
  const update = utcSeconds(job.updateTime);
  const head = JSON.stringify({
    create_time: utcSeconds(job.createTime),
    ...(job.directive !== undefined && { directive: job.directive }),
    job_action: job.jobAction,
    job_id: job.jobId,
    job_type: job.jobType,
    owner: job.owner,
    pre_status: job.preStatus,
    resource_ids: resourceIds(job.resources),
  });
  const tail = JSON.stringify({ status: job.status, status_time: update, update_time: update });
  return `${head.slice(0, -1)},"resources":${job.resources},${tail.slice(1)}`;
}

/** The ids in a job's resources, separated by spaces: what stands under keys that end in `_id` or `_ids`. */
function resourceIds(resources: string): string {
  return Object.entries(JSON.parse(resources) as Record<string, unknown>)
    .filter(([key]) => /_ids?$/.test(key))
    .flatMap(([, value]) => value)
    .filter((id) => typeof id === 'string' && /^\S+$/.test(id))
    .join(' ');
}

/** Milliseconds since 1970 as `YYYY-MM-DDThh:mm:ssZ`. */
export function utcSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** Milliseconds since 1970 as `YYYY-MM-DD HH:MM:SS` on a wall in the zone. */
export function wallClock(timeZone: string): (time: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const write = (time: number): string => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const { year, month, day, hour, minute, second } = parts;
    return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
  };
  /** How far the wall is ahead of UTC in a quarter of an hour, in ms. */
  const ahead = new LRUCache<number, number>({ max: QUARTERS_MOST });
  return (time) => {
    if (time < WHOLE_QUARTERS_SINCE || time > FOUR_DIGITS_UNTIL) return write(time);
    const quarter = Math.floor(time / QUARTER);
    let offset = ahead.get(quarter);
    if (offset === undefined) {
      const start = quarter * QUARTER;
      offset = Date.parse(`${write(start).replace(' ', 'T')}Z`) - start;
      ahead.set(quarter, offset);
    }
    return new Date(time + offset).toISOString().slice(0, 19).replace('T', ' ');
  };
}

/** A clock on a wall is put forward or back at the end of a quarter of an hour; in ms. */
const QUARTER = 15 * 60_000;
/** Before, there were zones that kept a time of their own to the second. */
const WHOLE_QUARTERS_SINCE = Date.UTC(2000, 0, 1);
/** Beyond, the year on the wall may have five digits. */
const FOUR_DIGITS_UNTIL = Date.UTC(9999, 11, 31);
const QUARTERS_MOST = 100;
