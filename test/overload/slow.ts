import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { callsOf, request } from './calls.ts';
import { makeLoad } from './load.ts';
import { describe } from './overload.ts';
import type { Stage } from './stage.ts';
import type { Verdict } from './verdict.ts';

/** Those that send slowly come all at once; those that do not read, one after the other: each asks for megabytes. */
const CROWDS = [
  { who: 'slow with headers and bodies', kinds: ['headers', 'body'], connections: 400, apart: 0 },
  { who: 'that do not read', kinds: ['answer'], connections: 20, apart: 100 },
] as const;
type Kind = (typeof CROWDS)[number]['kinds'][number];

/** Calls a second that others make meanwhile, and how often a slow client does something, in ms. */
const RATE = 100;
const PACE = 1_000;
const SECONDS = 12;

/** Clients that are slow on purpose, beside others that are not. */
export async function slow(stage: Stage, say: (line: string) => void): Promise<Verdict[]> {
  const load = { port: stage.port, rate: RATE, connections: 500, requests: callsOf(stage, 'mixed') };
  const make = () => makeLoad({ ...load, seconds: SECONDS });
  await make();
  const without = await make();
  say(`slow, without them: ${describe(without)}`);
  const verdicts: Verdict[] = [];
  for (const { who, kinds, connections, apart } of CROWDS) {
    const meanwhile = make();
    await sleep(1_500);
    const lives = await Promise.all(
      Array.from({ length: connections }, async (_, index) => {
        await sleep(index * apart);
        return live(stage, kinds[index % kinds.length] as Kind);
      }),
    );
    const beside = await meanwhile;
    say(`slow, beside ${connections} ${who}: ${describe(beside)}`);
    const lived = (kind: Kind): number =>
      Math.max(...lives.filter((each) => each.kind === kind).map(({ seconds }) => seconds));
    verdicts.push(
      ...kinds.map((kind) => ({ what: `slow with ${kind}: closed after s`, is: lived(kind), most: 10 })),
      // Who asks for megabytes is load as well, which others wait behind: how long is told above.
      ...(kinds.some((kind) => kind === 'answer')
        ? []
        : [
            {
              what: `beside ${connections} ${who}: p99 of others, times`,
              is: beside.goodTimes.p99 / without.goodTimes.p99,
              most: 2,
            },
          ]),
      {
        what: `beside them: calls of others that failed, a second`,
        is: beside.refused + beside.wrong,
        most: 0,
      },
    );
  }
  return verdicts;
}

/** How long one of them is let live. */
async function live(
  { port, token, largeJobId }: Stage,
  kind: Kind,
): Promise<{ kind: Kind; seconds: number }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const began = performance.now();
  const headers = { authorization: token, 'content-type': 'application/json' };
  const whole = request('POST', '/v1/jobs', { ...headers, 'content-length': '1000' });
  let drip: NodeJS.Timeout | undefined;
  if (kind === 'answer') {
    // More than the system takes off the process's hands; the socket is never read.
    socket.pause();
    socket.write(request('GET', `/v1/jobs/${largeJobId}`, headers).repeat(9));
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
