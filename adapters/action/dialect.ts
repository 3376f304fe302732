import { MAX_JOBS_PER_CALL } from '../../schemas/describe-jobs.ts';
import { SEED_FACE, SIGNED_FACE, utcSeconds, wallClock } from './job-face.ts';

/**
 * The two ways in which this API is written: `seed`, as its reference shows it, and `signed`, as the types of
 * QingCloud's own clients read it. Whoever signs a call with an access key gets the second.
 */
export interface Dialect {
  readonly name: 'seed' | 'signed';
  /** The face of a job that this dialect shows. */
  readonly face: string;
  /** How many jobs a page holds unless the caller says so. */
  readonly pageLimit: number;
  /** Writes a time; milliseconds since 1970. */
  time(milliseconds: number): string;
}

export interface Dialects {
  readonly seed: Dialect;
  readonly signed: Dialect;
}

/** @param timeZone an IANA name: the seed dialect's times are those of a clock on a wall there */
export function createDialects(timeZone: string): Dialects {
  return {
    seed: { name: 'seed', face: SEED_FACE, pageLimit: MAX_JOBS_PER_CALL, time: wallClock(timeZone) },
    // 20 is what QingCloud's clients get where they ask for no number.
    signed: { name: 'signed', face: SIGNED_FACE, pageLimit: 20, time: utcSeconds },
  };
}
