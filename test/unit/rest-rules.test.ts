import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { errorCatalogue } from '../../adapters/wire/error-catalogue.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RULES = 'test/wire/seed-rules.test.ts';

const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

/** The titles of a file's tests; those that are made for each of several codes have them filled in. */
function titlesOf(file: string): Set<string> {
  const text = read(file);
  const titles = [...text.matchAll(/\bit\(\s*(['`])((?:(?!\1).)*)\1/g)].map(([, , title = '']) => title);
  const codes = [...text.matchAll(/^ {4}\[(\d+), /gm)].map(([, code = '']) => code);
  return new Set(
    titles.flatMap((title) =>
      title.includes('${code}') ? codes.map((code) => title.replace('${code}', code)) : [title],
    ),
  );
}

/** The tests that the table names, with their files. */
function named(): { title: string; file: string }[] {
  return read('docs/rest-rules.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && /`[^`]+ [^`]+`/.test(line))
    .map((line) => {
      const words = [...line.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
      const file = words.find((word) => word.endsWith('.test.ts')) ?? RULES;
      return { title: words.filter((word) => word !== file && word.includes(' ')).at(-1) ?? '', file };
    });
}

describe('the table of rules', () => {
  it('names tests that are there', () => {
    assert.ok(named().length > 25);
    for (const { title, file } of named()) assert.ok(titlesOf(file).has(title), `${file}: ${title}`);
  });

  it('has every code that may be answered', () => {
    const codes = read('docs/rest-rules.md').match(/(?<=^\| )[\d, ]+(?= +\|)/gm) ?? [];
    const listed = new Set(codes.flatMap((each) => each.split(',').map(Number)));
    for (const { code } of Object.values(errorCatalogue)) assert.ok(listed.has(code), String(code));
  });

  it('has what is added to the specification', () => {
    const [, additions = ''] = read('docs/rest-rules.md').split('## Additions');
    for (const word of ['query_by', '`Link`', '`ETag`', '304', '`If-Match`', 'verify', 'no envelope']) {
      assert.ok(additions.includes(word), word);
    }
  });

  it('leaves out none of those tests', () => {
    const listed = new Set(named().map(({ title }) => title));
    for (const title of titlesOf(RULES)) assert.ok(listed.has(title), title);
  });
});
