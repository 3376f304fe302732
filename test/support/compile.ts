import { buildSync } from 'esbuild';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const compiled = new Map<string, string>();

/**
 * A program of the tests as one file of JavaScript, which goes with this process. Where it is started over and over, to
 * load its hundreds of modules as TypeScript each time takes more of the machine than what it does.
 * @returns the path of what Node runs
 */
export function compile(program: string): string {
  const known = compiled.get(program);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), 'jobgate-program-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const outfile = join(folder, 'dist', 'program.js');
  buildSync({
    entryPoints: [program],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'error',
  });
  compiled.set(program, outfile);
  return outfile;
}
