import type { Command } from 'commander';
import { migrate } from '../../adapters/sql/migrate.ts';
import { insertJobs } from '../../adapters/sql/jobs.ts';
import { sampleJobs } from '../../adapters/wire/sample-jobs.ts';
import { bringRecords } from '../../src/jobs/bring-records.ts';
import { printAnswer } from './answer.ts';
import { withDatabase, withGateway } from './with-gateway.ts';

export function addSeedCommand(program: Command): void {
  program
    .command('seed')
    .description('load the sample jobs; migrates first, and may be repeated without effect')
    .option('--json', 'answer in JSON')
    .action(async ({ json }: { json?: boolean }) => {
      await withDatabase(migrate);
      const loaded = await withGateway(({ ports }, { db }) =>
        insertJobs(db, sampleJobs(), (fresh) => bringRecords(ports, fresh)),
      );
      printAnswer(json, { loaded }, [`${loaded} sample jobs loaded`]);
    });
}
