import { existsSync } from 'node:fs';

const PLACES = [
  `/usr/lib/${{ x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? process.arch}-linux-gnu/faketime`,
  '/usr/lib64/faketime',
];

/** The library that shows a process another time of day, for programs with threads; undefined where there is none. */
export function findLibfaketime(): string | undefined {
  return PLACES.map((place) => `${place}/libfaketimeMT.so.1`).find(existsSync);
}
