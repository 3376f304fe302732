#!/usr/bin/env node
import { Command } from 'commander';
import { addCleanCommand } from './commands/clean.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExportCommand } from './commands/export.ts';
import { addImportCommand } from './commands/import.ts';
import { addKeyCommand } from './commands/key.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addSeedCommand } from './commands/seed.ts';
import { addUserCommand } from './commands/user.ts';
import { readConfig, WrongSettings } from './config.ts';
import { describeFailure } from './describe-failure.ts';
import { runServer } from './serve.ts';
import { readVersion } from './version.ts';

const program = new Command('jobgate')
  .description(
    'One job service behind two API conventions. Settings come from the environment; the README lists them.',
  )
  .version(readVersion());

program
  .command('serve')
  .description('start the gateway')
  .action(() => runServer(readConfig()));
addMigrateCommand(program);
addSeedCommand(program);
addUserCommand(program);
addKeyCommand(program);
addExportCommand(program);
addImportCommand(program);
addCleanCommand(program);
addDoctorCommand(program);

try {
  await program.parseAsync();
} catch (thrown) {
  process.stderr.write(`jobgate: ${describeFailure(thrown)}\n`);
  process.exit(thrown instanceof WrongSettings ? 2 : 1);
}
