import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { settings } from '../../bin/config.ts';
import { runJobgate } from '../support/built-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READMES = ['README.md', 'README.zh-CN.md'];
const NOT_OURS = new Set(['node_modules', 'dist', 'data']);

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every document of the project, by its path from the root. */
function documents(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return NOT_OURS.has(entry.name) || entry.name.startsWith('.') ? [] : documents(path);
    }
    return entry.name.endsWith('.md') ? [relative(ROOT, path)] : [];
  });
}

/** The text without fenced examples. */
const prose = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, '');

/** The cells of each row of every table whose first cell is code. */
function codeRows(text: string): { name: string; cells: string[] }[] {
  return prose(text)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const cells = line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim());
      return { name: (cells[0] ?? '').replaceAll('`', ''), cells };
    });
}

/** The rows of the table of settings: their names are in capitals. */
function settingRows(text: string): Map<string, string[]> {
  return new Map(
    codeRows(text)
      .filter(({ name }) => /^[A-Z][A-Z_]*$/.test(name))
      .map(({ name, cells }) => [name, cells]),
  );
}

/** A default as the table shows it; an empty list is none. */
function defaultCell(absent: unknown): string {
  if (Array.isArray(absent) && absent.length > 0) return `\`${absent.join(',')}\``;
  return typeof absent === 'string' || typeof absent === 'number' ? `\`${absent}\`` : '–';
}

/** The commands that a help text lists, below the words that came before. */
async function commandsOf(...words: string[]): Promise<string[]> {
  const { stdout, status } = await runJobgate([...words, '--help'], {});
  assert.equal(status, 0);
  const list = stdout.split('Commands:\n')[1] ?? '';
  const names = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name as string);
  const own = names.filter((name) => name !== 'help');
  if (own.length === 0) return [words.join(' ')];
  return (await Promise.all(own.map((name) => commandsOf(...words, name)))).flat();
}

let commands: Promise<string[]> | undefined;

for (const path of READMES) {
  describe(path, () => {
    const text = read(path);

    it('lists every setting with its default, and no other', () => {
      const rows = settingRows(text);
      const expected = Object.values(settings).map(({ name, absent }) => [name, defaultCell(absent)]);
      assert.deepEqual(
        [...rows].map(([name, cells]) => [name, cells[1]]),
        expected,
      );
    });

    it('says of every setting that may come from a file that it may, and of no other', () => {
      const rows = settingRows(text);
      for (const { name, secret } of Object.values(settings)) {
        assert.equal(rows.get(name)?.[2]?.includes(`\`${name}_FILE\``), secret === true, name);
      }
    });

    it('lists every command of the program, and no other', async () => {
      const listed = codeRows(text)
        .filter(({ name }) => name.startsWith('jobgate '))
        .map(({ name }) => name.replace(/^jobgate /, '').replace(/ [<[].*/, ''));
      assert.deepEqual(listed.toSorted(), (await (commands ??= commandsOf())).toSorted());
    });
  });
}

describe('the documents', () => {
  it('have a README with the same headings in both languages', () => {
    const [english, chinese] = READMES.map((path) =>
      [...prose(read(path)).matchAll(/^(#+) /gm)].map(([, level]) => level),
    );
    assert.ok(english && english.length > 0);
    assert.deepEqual(chinese, english);
  });

  it('come in both languages with the same headings where their names tell a language', () => {
    const pairs = documents()
      .filter((path) => /(\.en|\/README)\.md$/.test(path))
      .map((path) => ({ path, other: path.replace(/(\.en)?\.md$/, '.zh-CN.md') }))
      .filter(({ path, other }) => path.endsWith('.en.md') || existsSync(join(ROOT, other)));
    assert.ok(pairs.length > 5);
    const levels = (path: string) => [...prose(read(path)).matchAll(/^(#+) /gm)].map(([, level]) => level);
    for (const { path, other } of pairs) assert.deepEqual(levels(other), levels(path), other);
  });

  it('link to files that exist', () => {
    const links = documents().flatMap((path) =>
      [...prose(read(path)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ path, target })),
    );
    const relatives = links.filter(({ target }) => !/^([a-z]+:|#)/.test(target));
    assert.ok(relatives.length > 0);
    const broken = relatives.filter(
      ({ path, target }) => !existsSync(join(ROOT, dirname(path), target.split('#', 1)[0] ?? '')),
    );
    assert.deepEqual(broken, []);
  });

  it('link to headings that exist', () => {
    const links = documents().flatMap((path) =>
      [...prose(read(path)).matchAll(/\]\(([^)\s:#]*\.md)?#([^)\s]+)\)/g)].map(
        ([, target, heading = '']) => ({ path, file: target ? join(dirname(path), target) : path, heading }),
      ),
    );
    assert.ok(links.length > 0);
    const broken = links.filter(({ file, heading }) => !headingsOf(read(file)).includes(heading));
    assert.deepEqual(broken, []);
  });

  it('name source files that exist', () => {
    const named = documents().flatMap((path) =>
      [
        ...read(path).matchAll(/`((?:schemas|src|adapters|bin|test|scripts|docs)\/[\w./-]+\.(?:ts|md))`/g),
      ].map(([, file = '']) => ({ path, file })),
    );
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter(({ file }) => !existsSync(join(ROOT, file))),
      [],
    );
  });

  it('include an index that names every decision', () => {
    const index = read('docs/decisions/README.md');
    const decisions = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md');
    assert.deepEqual(
      decisions.filter((name) => !index.includes(`](${name})`)),
      [],
    );
  });
});

/** The fragments that headings can be linked by. */
function headingsOf(text: string): string[] {
  return [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
