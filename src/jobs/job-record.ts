import type { Problem } from '../errors.ts';
import type { JobEvent } from '../ports.ts';
import type { Job } from './job.ts';
import { FIRST_STATUS, isFinal } from './moves.ts';

/** All that a store knows of one job. */
export interface JobRecord {
  readonly job: Job;
  /** Since when no reader sees it, in milliseconds since 1970; undefined: readers do. */
  readonly hiddenTime: number | undefined;
  /** Its changes, oldest first. Those that were made past jobgate, or are older than its record, are not there. */
  readonly timeline: readonly JobEvent[];
}

/** The earliest time that MySQL's calendar promises to hold, and the latest that both stores hold. */
const EARLIEST = Date.parse('1000-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** What contradicts itself in a record, or cannot have come about by the rules of jobs; nothing where all is well. */
export function judgeRecord({ job, hiddenTime, timeline }: JobRecord): readonly Problem[] {
  const problems: Problem[] = [];
  const fit = (holds: boolean, parameter: string, other: string): void => {
    if (!holds) problems.push({ parameter, fault: { is: 'unlike', other } });
  };
  const time = (parameter: string, value: number): void => {
    if (value < EARLIEST || value > LATEST)
      problems.push({ parameter, fault: { is: 'format', expected: 'time' } });
  };

  time('createTime', job.createTime);
  time('updateTime', job.updateTime);
  fit(job.updateTime >= job.createTime, 'updateTime', 'createTime');
  fit(mayStandTogether(job), 'preStatus', 'status');
  if (hiddenTime !== undefined) {
    time('hiddenTime', hiddenTime);
    fit(isFinal(job.status), 'hiddenTime', 'status');
    fit(hiddenTime >= job.updateTime, 'hiddenTime', 'updateTime');
  }

  timeline.forEach((event, index) => {
    const own = `timeline.${index}`;
    const before = timeline[index - 1];
    fit(mayStandTogether(event), `${own}.preStatus`, `${own}.status`);
    if (!before) {
      fit(event.version > 1 || event.status === FIRST_STATUS, `${own}.status`, `${own}.version`);
      fit(
        event.version > 1 ? event.time >= job.createTime : event.time === job.createTime,
        `${own}.time`,
        'createTime',
      );
      return;
    }
    const previous = `timeline.${index - 1}`;
    fit(event.version > before.version, `${own}.version`, `${previous}.version`);
    fit(event.time >= before.time, `${own}.time`, `${previous}.time`);
    fit(mayFollow(before, event), `${own}.status`, `${previous}.status`);
  });

  const last = timeline.at(-1);
  if (last) {
    const own = `timeline.${timeline.length - 1}`;
    fit(last.version === job.version, 'version', `${own}.version`);
    fit(last.status === job.status, 'status', `${own}.status`);
    fit(last.preStatus === job.preStatus, 'preStatus', `${own}.preStatus`);
    fit(last.time === job.updateTime, 'updateTime', `${own}.time`);
  }
  return problems;
}

/** Only the first status has none before it; no status comes after a final one, or after itself. */
function mayStandTogether({ status, preStatus }: Pick<Job, 'status' | 'preStatus'>): boolean {
  if (status === FIRST_STATUS) return preStatus === '';
  return preStatus !== '' && preStatus !== status && !isFinal(preStatus);
}

/** Changes between the two may be missing: then only what no change can do is told. */
function mayFollow(before: JobEvent, event: JobEvent): boolean {
  const next = event.version === before.version + 1;
  if (event.status === before.status) return !next || event.preStatus === before.preStatus;
  if (isFinal(before.status) || event.status === FIRST_STATUS) return false;
  return !next || event.preStatus === before.status;
}
