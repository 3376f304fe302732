/**
 * Writes the reference of the action API in both languages: `tsx scripts/reference.ts`. With `--check` it writes
 * nothing and complains of files that are not what it would write. `--folder` names another folder than docs/api.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { writeReference } from '../adapters/action/reference/write-reference.ts';
import { LANGUAGE_TAGS, LANGUAGES } from '../adapters/wire/language.ts';
import { toMarkdown } from '../adapters/wire/markdown.ts';

const { values } = parseArgs({
  options: { check: { type: 'boolean' }, folder: { type: 'string', default: 'docs/api' } },
});
const checking = values.check === true;

const outdated: string[] = [];
for (const language of LANGUAGES) {
  const path = join(values.folder, `actions.${LANGUAGE_TAGS[language]}.md`);
  const style = await resolveConfig('docs/api/actions.md');
  const text = await format(toMarkdown(writeReference(language)), { ...style, filepath: path });
  if (text === readIfThere(path)) continue;
  outdated.push(path);
  if (checking) continue;
  mkdirSync(values.folder, { recursive: true });
  writeFileSync(path, text);
}

if (checking && outdated.length > 0) {
  console.error(`not what the catalogue and the schemas say: ${outdated.join(', ')}`);
  console.error('run: npm run reference');
  process.exitCode = 1;
} else if (checking) console.log(`reference: ${LANGUAGES.length} files say what the catalogue says`);
else console.log(outdated.length > 0 ? `wrote ${outdated.join(', ')}` : 'nothing has changed');

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
