import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { foldDeltas } from '../../adapters/sql/counts/fold.ts';
import { bringRecords } from '../../src/jobs/bring-records.ts';
import { importJobs } from '../import-jobs.ts';
import { startProgress } from '../progress.ts';
import { printAnswer } from './answer.ts';
import { withGateway } from './with-gateway.ts';

interface Options {
  readonly strict?: boolean;
  readonly json?: boolean;
}

export function addImportCommand(program: Command): void {
  program
    .command('import [file]')
    .description('bring in jobs from NDJSON as export writes it; may be repeated without effect')
    .option('--strict', 'stop at the first line that is refused')
    .option('--json', 'answer in JSON')
    .action(runImport);
}

/** Lines from standard input, or from a file. */
async function runImport(path: string | undefined, { strict = false, json }: Options): Promise<void> {
  const size = path === undefined ? 0 : (await stat(path)).size;
  const progress = startProgress(process.stderr, 'lines');
  const brought = await withGateway(({ ports }, database) =>
    importJobs(database.db, path === undefined ? process.stdin : createReadStream(path), {
      insert: (fresh) => bringRecords(ports, fresh),
      strict,
      at: (lines, bytes) => progress.at(lines, size > 0 ? bytes / size : undefined),
      say: (told) => progress.say(told),
      fold: () => foldDeltas(database),
    }),
  );
  progress.end();
  const { added, equal, different, refused } = brought;
  printAnswer(json, { new: added, equal, different, refused }, [
    `${added} new, ${equal} there already and equal, ${different} different and left alone, ${refused} refused`,
  ]);
  if (different + refused > 0) process.exitCode = 1;
}
