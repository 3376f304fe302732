import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { callsOf, request } from './calls.ts';
import { makeLoad } from './load.ts';
import { describe } from './overload.ts';
import type { Stage } from './stage.ts';
import type { Verdict } from './verdict.ts';

const CONNECTIONS = 400;
/** Calls a second that others make meanwhile, and how often a slow client does something, in ms. */
const RATE = 100;
const PACE = 1_000;
const KINDS = ['headers', 'body', 'answer'] as const;

/** Clients that are slow on purpose, beside others that are not. */
export async function slow(stage: Stage, say: (line: string) => void): Promise<Verdict[]> {
  const requests = callsOf(stage, 'mixed');
  const load = { port: stage.port, rate: RATE, connections: 500, requests };
  const without = await makeLoad({ ...load, seconds: 12 });
  say(`slow, without them: ${describe(without)}`);
  const meanwhile = makeLoad({ ...load, seconds: 12 });
  await sleep(1_500);
  const lives = await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, index) => live(stage, KINDS[index % KINDS.length]!)),
  );
  const beside = await meanwhile;
  say(`slow, beside ${CONNECTIONS} of them: ${describe(beside)}`);
  const lived = (kind: string): number =>
    Math.max(...lives.filter((each) => each.kind === kind).map(({ seconds }) => seconds));
  return [
    ...KINDS.map((kind) => ({ what: `slow with ${kind}: closed after s`, is: lived(kind), most: 10 })),
    { what: 'slow: p99 of others, times', is: beside.goodTimes.p99 / without.goodTimes.p99, most: 2 },
    { what: 'slow: calls of others that failed, a second', is: beside.refused + beside.wrong, most: 0 },
  ];
}

/** How long one of them is let live. */
async function live(
  { port, token, largeJobId }: Stage,
  kind: (typeof KINDS)[number],
): Promise<{ kind: string; seconds: number }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const began = performance.now();
  const headers = { authorization: token, 'content-type': 'application/json' };
  const whole = request('POST', '/v1/jobs', { ...headers, 'content-length': '1000' });
  let drip: NodeJS.Timeout | undefined;
  if (kind === 'answer') {
    // More than the system takes off the process's hands; the socket is never read.
    socket.pause();
    socket.write(request('GET', `/v1/jobs/${largeJobId}`, headers).repeat(40));
  } else {
    const text = kind === 'headers' ? whole.slice(0, -2) : `${whole}{`;
    const more = kind === 'headers' ? 'x: y\r\n' : ' ';
    socket.write(text);
    drip = setInterval(() => socket.write(more), PACE);
    socket.resume();
  }
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // A socket that is not read is not told of its end: only writing shows it.
  const trying = kind === 'answer' ? setInterval(() => socket.write('\r\n'), 250) : undefined;
  await Promise.race([closed, sleep(30_000)]);
  clearInterval(drip);
  clearInterval(trying);
  socket.destroy();
  return { kind, seconds: (performance.now() - began) / 1_000 };
}
