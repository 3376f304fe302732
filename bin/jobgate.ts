#!/usr/bin/env node
import { Command } from 'commander';
import { readConfig, WrongSettings } from './config.ts';
import { describeFailure } from './describe-failure.ts';
import { readVersion } from './version.ts';

const program = new Command('jobgate')
  .description(
    'One job service behind two API conventions. Settings come from the environment; the README lists them.',
  )
  .version(readVersion());

/** Each command with what it stands on, of which only the one that is called is loaded: it is most of what a start takes. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  serve: async () => addServeCommand,
  migrate: async () => (await import('./commands/migrate.ts')).addMigrateCommand,
  seed: async () => (await import('./commands/seed.ts')).addSeedCommand,
  user: async () => (await import('./commands/user.ts')).addUserCommand,
  key: async () => (await import('./commands/key.ts')).addKeyCommand,
  export: async () => (await import('./commands/export.ts')).addExportCommand,
  import: async () => (await import('./commands/import.ts')).addImportCommand,
  clean: async () => (await import('./commands/clean.ts')).addCleanCommand,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
};

function addServeCommand(to: Command): void {
  to.command('serve')
    .description('start the gateway')
    .action(async () => {
      const { runServer } = await import('./serve.ts');
      return runServer(readConfig());
    });
}

const called = process.argv[2] ?? '';
const loaded = Object.hasOwn(commands, called) ? [called] : Object.keys(commands);
for (const name of loaded) (await commands[name]!())(program);

try {
  await program.parseAsync();
} catch (thrown) {
  process.stderr.write(`jobgate: ${describeFailure(thrown)}\n`);
  process.exit(thrown instanceof WrongSettings ? 2 : 1);
}
