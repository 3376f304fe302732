/**
 * Looks at the OpenAPI document in each language with Redocly's recommended rules: `tsx scripts/lint-openapi.ts`. A
 * warning counts as an error. A rule checker that checks nothing stays green, so a document with a planted fault must
 * be complained of.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDocument } from '../adapters/rest/openapi/write-document.ts';
import { LANGUAGE_TAGS, LANGUAGES } from '../adapters/wire/language.ts';

interface Found {
  readonly totals: { readonly errors: number; readonly warnings: number };
  readonly problems: readonly { readonly ruleId: string; readonly message: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'jobgate-openapi-'));
try {
  for (const language of LANGUAGES) {
    const { totals, problems } = lint(`openapi.${LANGUAGE_TAGS[language]}.json`, writeDocument(language));
    for (const { ruleId, message } of problems)
      console.error(`${LANGUAGE_TAGS[language]}: ${ruleId}: ${message}`);
    if (totals.errors + totals.warnings + problems.length > 0) process.exitCode = 1;
  }
  const { tags: _tags, security: _security, ...planted } = writeDocument('en');
  const caught = new Set(lint('planted.json', planted).problems.map(({ ruleId }) => ruleId));
  if (!caught.has('security-defined')) {
    console.error('redocly does not complain of a document without security');
    process.exitCode = 1;
  }
  if (process.exitCode !== 1)
    console.log(`openapi: ${LANGUAGES.length} documents keep the recommended rules`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function lint(name: string, document: object): Found {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(document));
  const { stdout, stderr } = spawnSync(
    'npx',
    ['redocly', 'lint', path, '--extends', 'recommended', '--format', 'json'],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    },
  );
  const json = stdout.slice(stdout.indexOf('{'));
  if (json === '') throw new Error(`redocly says nothing: ${stderr}`);
  return JSON.parse(json) as Found;
}
