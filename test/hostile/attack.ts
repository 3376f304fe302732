import { mulberry } from '../coherence/checker/mulberry.ts';
import type { Store } from '../support/gateway.ts';
import { codeOf, createAnswerJudge } from './judge.ts';
import { askAlone, openLine, type Line, type RawAnswer } from './line.ts';
import { makeHostile, pick, type Hostile } from './mutate.ts';
import { realRequests } from './real-requests.ts';
import { startTarget, type Target } from './target.ts';

/** What an attack came to. */
export interface Report {
  readonly protocol: 'action' | 'rest';
  readonly requests: number;
  /** How often each number was answered; what was closed without one, too. */
  readonly codes: Readonly<Record<string, number>>;
  /** Of which operation the requests were made. */
  readonly operations: Readonly<Record<string, number>>;
  /** What is wrong, with the bytes that showed it. */
  readonly finds: readonly string[];
  readonly jobs: { readonly before: number; readonly acknowledged: number; readonly after: number };
  /** Bytes held when the process was warm, and at the end. */
  readonly memory: { readonly warm: number; readonly end: number };
  readonly seconds: number;
}

/** Fewer at once than a gateway lets in however busy the machine is: nobody is to be told to come back. */
const LINES = 20;
const DEPTH = 3;
/** Tokens and signatures are made anew after so many requests. */
const BATCH = 4_000;
/** Each costs a hash of a password when it is good. */
const COSTLY = new Set(['create-user', 'change-password', 'log-in', 'activate-user', 'reset-password']);

/**
 * Sends bad requests, made of good ones, to a built gateway over connections that stay open, and judges each answer.
 * @param requests of each protocol
 * @param warm after which part of the requests the memory is looked at first
 */
export async function attack(options: {
  readonly store: Store;
  readonly requests: number;
  readonly seed: number;
  readonly protocols?: readonly Report['protocol'][];
  readonly warm?: number;
  readonly say?: (text: string) => void;
}): Promise<Report[]> {
  await using target = await startTarget(options.store);
  const reports: Report[] = [];
  for (const protocol of options.protocols ?? (['action', 'rest'] as const)) {
    reports.push(await attackBy(protocol, target, options));
  }
  return reports;
}

async function attackBy(
  protocol: Report['protocol'],
  target: Target,
  { requests, seed, warm = 0.25, say = () => {} }: Parameters<typeof attack>[0],
): Promise<Report> {
  const random = mulberry(seed);
  const judge = createAnswerJudge();
  const began = Date.now();
  const codes: Record<string, number> = {};
  const operations: Record<string, number> = {};
  const finds: string[] = [];
  const find = (what: string): void => {
    finds.push(what);
    // A long run is looked at before its end.
    if (finds.length <= 20) say(what);
  };
  const acknowledged = new Set<string>();
  const count = (counts: Record<string, number>, name: string): void =>
    void (counts[name] = (counts[name] ?? 0) + 1);
  const before = await target.countJobs();
  /** HEAD does as GET does, and does not say what. */
  let unsaid = 0;

  const look = (hostile: Hostile, answer: RawAnswer): void => {
    count(codes, codeOf(answer));
    const made = madeJob(answer);
    if (made !== undefined) acknowledged.add(made);
    else if (hostile.head) unsaid++;
    let wrong: string | undefined;
    try {
      wrong = judge(hostile, answer);
    } catch (thrown) {
      wrong = `the judge failed: ${String(thrown)}`;
    }
    if (wrong !== undefined) {
      find(
        `${wrong}: ${JSON.stringify(hostile.bytes.toString('latin1').slice(0, 3_000))} → ${answer.text.slice(0, 300)}`,
      );
    }
  };

  const send = async (hostile: Hostile, line: () => Line): Promise<void> => {
    count(operations, hostile.operation);
    if (hostile.alone) {
      const answers = await askAlone(target.port, hostile.bytes);
      if (answers === 'no end')
        find(`no end: ${JSON.stringify(hostile.bytes.toString('latin1').slice(0, 3_000))}`);
      else if (answers.length === 0) count(codes, 'closed');
      else for (const answer of answers) look(hostile, answer);
      return;
    }
    // Where one before it on its connection could not be read, it was not looked at.
    let answer = await line().ask(hostile.bytes, hostile.head);
    for (let tries = 0; answer === undefined && tries < 5; tries++) {
      answer = await line().ask(hostile.bytes, hostile.head);
    }
    if (!answer) {
      const own = openLine(target.port);
      answer = await own.ask(hostile.bytes, hostile.head);
      own.end();
    }
    if (answer) look(hostile, answer);
    else find(`no answer: ${JSON.stringify(hostile.bytes.toString('latin1').slice(0, 3_000))}`);
  };

  let warmMemory = 0;
  for (let sent = 0; sent < requests; sent += BATCH) {
    const drafts = realRequests(await target.place()).filter((draft) => draft.protocol === protocol);
    const next = (): Hostile => {
      for (;;) {
        const draft = pick(drafts, random);
        // A log-out that succeeds would end the token of all others.
        if (draft.operation === 'log-out' && random() < 0.98) continue;
        if (!COSTLY.has(draft.operation) || random() < 0.1) return makeHostile(draft, random);
      }
    };
    let left = Math.min(BATCH, requests - sent);
    const work = async (line: () => Line): Promise<void> => {
      while (left-- > 0) await send(next(), line);
    };
    await Promise.all(
      Array.from({ length: LINES }, async () => {
        let line = openLine(target.port);
        const present = (): Line => (line.open ? line : (line = openLine(target.port)));
        await Promise.all(Array.from({ length: DEPTH }, () => work(present)));
        line.end();
      }),
    );
    if (warmMemory === 0 && sent + BATCH >= requests * warm) warmMemory = await target.memory();
    if ((sent / BATCH) % 25 === 0) {
      say(
        `${protocol} ${sent + BATCH} requests, ${finds.length} finds, ${Math.round((Date.now() - began) / 1000)} s`,
      );
    }
    process.kill(target.pid, 0);
  }
  const memory = { warm: warmMemory, end: await target.memory() };
  const after = await target.countJobs();
  for (const jobId of await target.missing([...acknowledged])) find(`the job ${jobId} is lost`);
  const sure = before + acknowledged.size;
  if (after < sure || after > sure + unsaid) {
    find(`${before} jobs and ${acknowledged.size} new ones are ${after}`);
  }
  const seconds = Math.round((Date.now() - began) / 1000);
  if (target.output().includes('"level":50')) find(`it logged: ${target.output().slice(0, 2_000)}`);
  const jobs = { before, acknowledged: acknowledged.size, after };
  return { protocol, requests, codes, operations, finds, jobs, memory, seconds };
}

/** The id of the job that an answer says was made. */
function madeJob({ status, headers, text }: RawAnswer): string | undefined {
  if (status !== 200) return undefined;
  const location = /^\/v1\/jobs\/(.+)$/.exec(headers.get('location') ?? '')?.[1];
  return location ?? /^\{"action":"CreateJobResponse","job_id":"([^"]+)","ret_code":0\}$/.exec(text)?.[1];
}
