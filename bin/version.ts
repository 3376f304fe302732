import { existsSync, readFileSync } from 'node:fs';

/** The version in package.json, which stands above this file: one folder for the source, two for what is built. */
export function readVersion(): string {
  const file = ['../package.json', '../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));
  if (!file) throw new Error('package.json is not where jobgate was installed');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
