import { setTimeout as sleep } from 'node:timers/promises';
import { isTrusted, recount } from '../../adapters/sql/counts/recount.ts';
import { changesAreNoted, definerOfTriggers } from '../../adapters/sql/counts/triggers.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import type { Finding } from './finding.ts';

const CHECK = 'job counts';
const RIGHTS =
  'give the database user the right TRIGGER on the database (where the server writes a binary log also set ' +
  'log_bin_trust_function_creators = 1), then run jobgate doctor --recount';
/** Another process that folds or counts has so long to finish, in ms. */
const PATIENCE = 60_000;
const PAUSE = 200;

/** Whether the counts are in use, and will stay so. */
export async function examineCounts({ db }: OpenDatabase): Promise<Finding> {
  if (!(await changesAreNoted(db))) {
    const seen = 'changes are not counted: totals must not be relied on';
    const believed = await isTrusted(db);
    return {
      check: CHECK,
      ok: false,
      seen: believed ? seen : 'not in use: totals are counted row by row',
      mend: RIGHTS,
    };
  }
  if (!(await isTrusted(db))) {
    const mend = 'an instance that serves makes them within a minute; or run jobgate doctor --recount';
    return { check: CHECK, ok: false, seen: 'not made yet: totals are counted row by row', mend };
  }
  const definer = await definerOfTriggers(db);
  if (definer !== undefined) {
    const mend = 'keep that user, or run jobgate doctor --recount before it is removed';
    return { check: CHECK, ok: true, seen: `in use; their triggers work as ${definer}: ${mend}` };
  }
  return { check: CHECK, ok: true, seen: 'in use' };
}

/** Proves the counts, and mends them where they are wrong. */
export async function recountJobs(database: OpenDatabase): Promise<Finding> {
  const giveUpAt = Date.now() + PATIENCE;
  for (;;) {
    const found = await recount(database);
    if (found) {
      const { counts, wrong, trusted } = found;
      if (!trusted) {
        return { check: CHECK, ok: false, seen: 'not in use: totals are counted row by row', mend: RIGHTS };
      }
      const mended =
        wrong === undefined ? 'made anew' : wrong === 0 ? 'all right' : `${wrong} were wrong, mended`;
      return { check: CHECK, ok: true, seen: `${counts}, ${mended}` };
    }
    if (Date.now() > giveUpAt) {
      return { check: CHECK, ok: false, seen: 'another process counts them now', mend: 'try again later' };
    }
    await sleep(PAUSE);
  }
}
