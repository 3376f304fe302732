import type { JobRenderer } from '../../src/jobs/job-view.ts';

export const SEED_FACE = 'seed';

/**
 * A job as one JSON object of the action API's first dialect: snake_case keys, times in the given zone.
 * @param timeZone an IANA name such as `Asia/Shanghai`
 */
export function createActionRenderer(timeZone: string): JobRenderer {
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
  return (time) => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const { year, month, day, hour, minute, second } = parts;
    return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
  };
}
