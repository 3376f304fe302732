import type { Command } from 'commander';
import { migrate } from '../../adapters/sql/migrate.ts';
import { printAnswer } from './answer.ts';
import { withDatabase } from './with-gateway.ts';

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('apply pending migrations of the database')
    .option('--json', 'answer in JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const applied = await withDatabase((database) => migrate(database));
      const lines = applied.length > 0 ? applied.map((name) => `applied ${name}`) : ['nothing to apply'];
      printAnswer(json, { applied }, lines);
    });
}
