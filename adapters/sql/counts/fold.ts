import type { OpenDatabase, Transact } from '../open.ts';
import { addToCounts } from './add-to-counts.ts';
import type { Word } from './words.ts';

type Delta = Readonly<Record<Word, string>> & { readonly number: number | string; readonly delta: number };

/** A transaction folds so many. */
const BATCH = 1_000;
/** Who changes the counts holds this lock: two would only wait for each other. */
export const COUNTS_LOCK = 'job-counts';

/** Whether so many deltas wait to be folded: each count adds them up. */
export async function manyWait({ db }: OpenDatabase, many: number): Promise<boolean> {
  const last: unknown = await db('job_count_deltas').orderBy('number').offset(many).first('number');
  return last !== undefined;
}

/**
 * Adds deltas to the counts, and removes them, until fewer than a batch are left.
 * @returns how many there were; undefined where another is doing so
 */
export async function foldDeltas(database: OpenDatabase, stop?: AbortSignal): Promise<number | undefined> {
  return database.alone(COUNTS_LOCK, async (transact) => {
    let total = 0;
    for (;;) {
      const folded = await foldSome(transact);
      total += folded;
      if (folded < BATCH || stop?.aborted) return total;
    }
  });
}

// To find them and to remove them are two transactions: in SQLite, one that has read may be refused to write.
async function foldSome(transact: Transact): Promise<number> {
  const deltas = (await transact((trx) =>
    trx('job_count_deltas').orderBy('number').limit(BATCH).select('*'),
  )) as Delta[];
  if (deltas.length === 0) return 0;
  await transact(async (trx) => {
    const removed = await trx('job_count_deltas')
      .whereIn(
        'number',
        deltas.map(({ number }) => number),
      )
      .delete();
    // Another, who took this one for dead, was first.
    if (removed !== deltas.length) throw new Error('job counts were folded by two at once');
    await addToCounts(
      trx,
      deltas.map(({ number: _number, delta, ...words }) => ({ ...words, jobs: delta })),
    );
  });
  return deltas.length;
}
