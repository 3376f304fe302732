import type { JsonText } from '../../src/jobs/job.ts';
import type { JobRecord } from '../../src/jobs/job-record.ts';

/** A record as one line of NDJSON, without its end: snake_case keys, times in RFC 3339 UTC with milliseconds. */
export function writeLine({ job, hiddenTime, timeline }: JobRecord): string {
  const head = JSON.stringify({
    job_id: job.jobId,
    job_type: job.jobType,
    job_action: job.jobAction,
    owner: job.owner,
    status: job.status,
    pre_status: job.preStatus,
  });
  const tail = JSON.stringify({
    create_time: timeText(job.createTime),
    update_time: timeText(job.updateTime),
    version: job.version,
    hidden_time: hiddenTime === undefined ? undefined : timeText(hiddenTime),
    timeline: timeline.map((event) => ({
      version: event.version,
      status: event.status,
      pre_status: event.preStatus,
      time: timeText(event.time),
      user_id: event.userId,
      note: event.note,
    })),
  });
  // The caller's own data goes in as text: parsing it would re-order its keys.
  const directive = job.directive === undefined ? '' : `,"directive":${onOneLine(job.directive)}`;
  return `${head.slice(0, -1)},"resources":${onOneLine(job.resources)}${directive},${tail.slice(1)}`;
}

/** A line break in JSON stands between its tokens and says as much as a space; one within a text is escaped. */
function onOneLine(text: JsonText): string {
  return text.replaceAll(/[\r\n]/g, ' ');
}

function timeText(time: number): string {
  return new Date(time).toISOString();
}
