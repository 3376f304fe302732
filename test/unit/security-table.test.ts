import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

/** The tests that the table names, with the risk that each is about; a row without one goes on with that above. */
function named(): { risk: string; file: string; title: string }[] {
  let risk = '';
  return read('docs/security.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (risk|-)/.test(line))
    .map((line) => {
      const [, first = '', , test = ''] = line.split(' |').map((cell) => cell.replace(/^\|? */, '').trim());
      const [, begun] = /^\| (API\d+)/.exec(line) ?? [];
      risk = begun ?? risk;
      const [, file = '', title = ''] = /`(test\/[^`]+\.ts)`: `([^`]+)`/.exec(line) ?? [];
      assert.ok(file !== '' && title !== '', `${first} ${test}: ${line}`);
      return { risk, file, title };
    });
}

describe('the table of risks', () => {
  it('names tests that are there', () => {
    for (const { file, title } of named()) {
      const titles = [...read(file).matchAll(/\b(?:it\(|title:)\s*(['`])((?:(?!\1).)*)\1/g)].map(
        (match) => match[2],
      );
      assert.ok(titles.includes(title), `${file}: ${title}`);
    }
  });

  it('has all ten risks', () => {
    const risks = [...new Set(named().map(({ risk }) => risk))];
    assert.deepEqual(
      risks,
      Array.from({ length: 10 }, (_, index) => `API${index + 1}`),
    );
  });

  it('is led to by SECURITY.md', () => {
    assert.ok(read('SECURITY.md').includes('(docs/security.md)'));
  });
});
