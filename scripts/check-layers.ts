/**
 * Tries the layer rules on planted violations: a rule checker that checks nothing stays green. Each violation
 * stands in a file of its own for the moment of one run of the linter, and must be complained of.
 */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PLANTED: readonly { readonly folder: string; readonly imports: string }[] = [
  { folder: 'schemas', imports: '../src/errors.ts' },
  { folder: 'src/jobs', imports: '../../adapters/sql/jobs.ts' },
  { folder: 'src/gateway', imports: '../../bin/config.ts' },
  { folder: 'src/operations', imports: 'knex' },
  { folder: 'src/accounts', imports: 'node:fs' },
  { folder: 'adapters/action', imports: '../rest/encode.ts' },
  { folder: 'adapters/rest', imports: '../action/encode.ts' },
  { folder: 'adapters/rest', imports: '../sql/jobs.ts' },
  { folder: 'adapters/wire', imports: '../rest/encode.ts' },
  { folder: 'adapters/lines', imports: '../sql/jobs.ts' },
  { folder: 'adapters/sql', imports: '../http/app.ts' },
  { folder: 'adapters/redis', imports: '../../src/gateway/gateway.ts' },
  { folder: 'adapters/mail', imports: '../wire/language.ts' },
  { folder: 'adapters/sql', imports: '@opentelemetry/api' },
  { folder: 'adapters/tracing', imports: '../http/app.ts' },
  { folder: 'adapters/http', imports: '../../bin/config.ts' },
  { folder: 'test/unit', imports: '../../bench/measure.ts' },
];

const planted = PLANTED.map(({ folder, imports }, index) => {
  const path = join(folder, `planted-violation-${index}.ts`);
  return { path, imports };
});
try {
  for (const { path, imports } of planted)
    writeFileSync(path, `import * as planted from '${imports}';\nvoid planted;\n`);
  const { stdout } = spawnSync('npx', ['oxlint', '--format', 'unix', ...planted.map(({ path }) => path)], {
    encoding: 'utf8',
  });
  const missed = planted.filter(
    ({ path }) =>
      !stdout.split('\n').some((line) => line.startsWith(path) && line.includes('no-restricted-imports')),
  );
  for (const { path, imports } of missed) console.error(`no rule keeps ${path} from importing ${imports}`);
  if (missed.length > 0) process.exitCode = 1;
  else console.log(`layers: ${planted.length} planted violations were all caught`);
} finally {
  for (const { path } of planted) rmSync(path, { force: true });
}
