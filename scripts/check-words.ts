/**
 * Keeps the words of the protocols out of the core: `src/` knows operations and reasons, not actions, numbers
 * or spellings. Names of data in quotes, such as reasons, are not words of a protocol.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2] ?? 'src';
const FORBIDDEN: readonly [RegExp, string][] = [
  [/\b(actions?|ret_?code|retCode|qingcloud|shurenyun|数人云)\b/i, 'a word of one protocol'],
  [/\brest\b/i, 'a word of one protocol'],
  [/\b(snake|camel)([_ -]?case)?\b/i, 'a spelling'],
  [/(?<![\w'"`])[a-z]+_[a-z][a-z_]*\b(?!['"`])/, 'a name in snake_case'],
];

let found = 0;
let files = 0;
for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.ts')) continue;
  files++;
  const path = join(root, file);
  readFileSync(path, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      // Quoted words are data, such as the reasons of errors.
      const bare = line.replace(/'[^']*'|`[^`]*`/g, "''");
      for (const [pattern, what] of FORBIDDEN) {
        const match = pattern.exec(bare);
        if (!match) continue;
        found++;
        console.error(`${path}:${index + 1}: "${match[0]}" is ${what}`);
      }
    });
}
if (files === 0) {
  console.error(`no files were checked in ${root}`);
  process.exit(1);
}
if (found > 0) process.exit(1);
console.log(`words: ${files} files of the core speak of no protocol`);
