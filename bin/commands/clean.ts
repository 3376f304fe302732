import type { Command } from 'commander';
import { cleanUp } from '../../adapters/sql/clean-up.ts';
import { retentionOf } from '../janitor.ts';
import { printAnswer } from './answer.ts';
import { withMigratedDatabase } from './with-gateway.ts';

export function addCleanCommand(program: Command): void {
  program
    .command('clean')
    .description('remove expired tokens and keys, and jobs hidden for RETENTION_DAYS')
    .option('--json', 'answer in JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const removed = await withMigratedDatabase((database, config) =>
        cleanUp(database, {
          now: Date.now(),
          retention: retentionOf(config),
          stop: new AbortController().signal,
        }),
      );
      if (!removed) throw new Error('another process is cleaning up now');
      const lines = Object.entries(removed).map(([table, rows]) => `${table}: ${rows} removed`);
      printAnswer(json, { removed }, lines);
    });
}
