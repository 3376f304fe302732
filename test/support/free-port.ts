import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which operating systems take the ports of outgoing connections (32768 and up on
// Linux, 49152 and up elsewhere): a server that is down for a moment must find its port free when it
// returns, and a client that keeps trying meanwhile must not get that very port and connect to itself.
const LOWEST = 20_000;
const HIGHEST = 32_000;
const ATTEMPTS = 100;

/**
 * Finds a TCP port on which nothing listens on 127.0.0.1. The port is not reserved: another process can take
 * it before the caller does.
 *
 * @throws Error when no free port is found.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port found on 127.0.0.1 between ${LOWEST} and ${HIGHEST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(true)));
  });
}
