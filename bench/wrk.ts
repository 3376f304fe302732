import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../test/support/find-program.ts';
import type { Round } from './measure.ts';

const SCRIPT = fileURLToPath(new URL('wrk.lua', import.meta.url));
/** So many callers ask at once, each on a connection that is kept: pollers come by the hundred. */
export const CONNECTIONS = 128;
/** When so many were sent, every connection has had an answer, or nearly. */
const SENT_BEFORE = 3 * CONNECTIONS;
/** Longer than any round. */
const LONGER = '-d60s';

/** One request, as it is sent. */
export interface Asked {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Asks for so long, over 128 connections, with wrk.
 * @param asked sent in turn
 * @param options `length`: the bytes of a right answer, with its headers: wrk counts the bytes of all, and the sum must fit;
 * `begun` is called when all are connected: what came before is not counted
 * @throws Error where an answer was not right
 */
export async function ask(
  base: string,
  asked: readonly Asked[],
  options: { readonly seconds: number; readonly length: number; readonly begun: () => void },
): Promise<Round> {
  const { seconds, length, begun } = options;
  const folder = await mkdtemp(join(tmpdir(), 'jobgate-bench-'));
  try {
    const file = join(folder, 'requests');
    await writeFile(file, asked.map((each) => bytesOf(base, each)).join('\0'));
    const parameters = [
      '-t1',
      `-c${CONNECTIONS}`,
      LONGER,
      '-s',
      SCRIPT,
      base,
      '--',
      file,
      String(SENT_BEFORE),
    ];
    const wrk = spawn(findProgram('wrk') ?? 'wrk', parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    let end: NodeJS.Timeout | undefined;
    wrk.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      if (end || !told.includes('all are connected')) return;
      begun();
      // It takes whole seconds only, but tells what it has when it is interrupted.
      end = setTimeout(() => wrk.kill('SIGINT'), seconds * 1_000);
    });
    await once(wrk, 'close');
    clearTimeout(end);
    const [all = 0, bytes = 0, time = 0, errors = 0, p50 = 0, p99 = 0] = (
      /^numbers (.*)$/m.exec(told)?.[1]?.split(' ') ?? []
    ).map(Number);
    // An answer that was still coming when the time was up is counted in bytes only.
    const cut = bytes - all * length;
    if (all === 0 || errors > 0 || cut < 0 || cut > CONNECTIONS * length) {
      throw new Error(`${all} calls, ${errors} errors, ${bytes} bytes instead of ${all} × ${length}`);
    }
    // As many were under way at the beginning as are at the end.
    const calls = all - (SENT_BEFORE - CONNECTIONS);
    return { calls, seconds: time / 1e6, p50: p50 / 1000, p99: p99 / 1000 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Asks once.
 * @returns the bytes of the answer, with its headers
 * @throws Error where the answer is not right
 */
export async function askOnce(
  base: string,
  asked: Asked,
  isRight: (body: Record<string, unknown>) => boolean,
): Promise<number> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  try {
    socket.write(bytesOf(base, asked));
    let text = Buffer.alloc(0);
    for (;;) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      text = Buffer.concat([text, chunk]);
      const end = text.indexOf('\r\n\r\n') + 4;
      const length = Number(
        /^content-length: (\d+)/im.exec(text.toString('latin1', 0, end))?.[1] ?? Number.NaN,
      );
      if (end < 4 || text.length < end + length) continue;
      const body = text.toString('utf8', end);
      if (!isRight(JSON.parse(body) as Record<string, unknown>)) throw new Error(`a wrong answer: ${body}`);
      return end + length;
    }
  } finally {
    socket.destroy();
  }
}

function bytesOf(base: string, { method, path, headers = {}, body = '' }: Asked): string {
  const lines = Object.entries({
    host: new URL(base).host,
    ...headers,
    ...(body && { 'content-length': String(Buffer.byteLength(body)) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
