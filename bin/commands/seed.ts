import type { Command } from 'commander';
import { migrate } from '../../adapters/sql/migrate.ts';
import { insertJobs } from '../../adapters/sql/jobs.ts';
import { sampleJobs } from '../../adapters/wire/sample-jobs.ts';
import { printAnswer } from './answer.ts';
import { withDatabase } from './with-gateway.ts';

export function addSeedCommand(program: Command): void {
  program
    .command('seed')
    .description('load the sample jobs; migrates first, and may be repeated without effect')
    .option('--json', 'answer in JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const loaded = await withDatabase(async (database) => {
        await migrate(database);
        return insertJobs(database.db, sampleJobs());
      });
      printAnswer(json, { loaded }, [`${loaded} sample jobs loaded`]);
    });
}
