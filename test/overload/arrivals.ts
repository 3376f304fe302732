/**
 * Load in a process of its own: calls that arrive at a fixed rate, however fast they are answered (open), or one after
 * the other on each connection (closed). It writes and reads bytes, to take little from who is measured.
 */
import { connect, type Socket } from 'node:net';

/** One order of the parent. */
export interface Order {
  readonly port: number;
  readonly seconds: number;
  /**
   * Calls a second; undefined: each connection sends its next call when the last one is answered, and waits a little
   * where it was refused.
   */
  readonly rate: number | undefined;
  readonly connections: number;
  /** Whole requests in base64, which are sent in turn. */
  readonly requests: readonly string[];
}

/** What became of the calls of one second, with their times from sending to the whole answer, in ms. */
export interface Second {
  readonly good: number[];
  readonly refused: number[];
  wrong: number;
  /** Calls that found no connection that was free. */
  unsent: number;
}

interface Line {
  readonly socket: Socket;
  sentAt: number;
  /** The beginning of the answer, with all of its head, and the end of it: what is between tells nothing. */
  begin: string;
  /** How long the beginning has to be. */
  enough: number;
  end: string;
  /** Bytes that are still to come; undefined while the head is not whole. */
  missing: number | undefined;
}

/** How long one that was refused waits in a closed load, in ms. */
const PAUSE = 100;

/** How much of a body's beginning, and of an answer's end, is kept, in characters. */
const BODY_BEGIN = 200;
const END = 100;

/** In each convention: a refusal because of load, and an answer that is none. */
const REFUSED =
  /^HTTP\/1\.1 (503|200) [^]*\r\nretry-after: \d+\r\n[^]*("reason":"unavailable"|"ret_code":5100)/i;
const GOOD_BEGIN = /^HTTP\/1\.1 200 [^]*?\r\n\r\n(\{"code":0,|\{"action":)/;
const GOOD_END = /"ret_code":0\b|\}\}$/;

async function carry({ port, seconds, rate, connections, requests }: Order): Promise<Second[]> {
  const sent = requests.map((request) => Buffer.from(request, 'base64'));
  const report: Second[] = Array.from({ length: seconds }, () => ({
    good: [],
    refused: [],
    wrong: 0,
    unsent: 0,
  }));
  const idle: Line[] = [];
  const all = new Set<Line>();
  let turn = Math.floor(Math.random() * sent.length);
  let first: string | undefined;
  const began = performance.now();
  const secondOf = (time: number): Second | undefined => report[Math.floor((time - began) / 1_000)];

  const send = (line: Line): void => {
    line.sentAt = performance.now();
    line.begin = line.end = '';
    line.missing = undefined;
    line.socket.write(sent[turn++ % sent.length] as Buffer);
  };
  const again = (line: Line): void => {
    if (!line.socket.destroyed && performance.now() < began + seconds * 1_000) send(line);
  };
  const judge = (line: Line): boolean => {
    const second = secondOf(line.sentAt);
    const took = performance.now() - line.sentAt;
    const good = line.missing === 0 && GOOD_BEGIN.test(line.begin) && GOOD_END.test(line.end);
    if (good) second?.good.push(took);
    else if (REFUSED.test(line.begin)) second?.refused.push(took);
    else if (second) {
      second.wrong++;
      first ??= line.begin;
    }
    line.sentAt = 0;
    return good;
  };
  const open = (): Line => {
    const line: Line = {
      socket: connect({ port, host: '127.0.0.1', noDelay: true }),
      sentAt: 0,
      begin: '',
      enough: 0,
      end: '',
      missing: undefined,
    };
    all.add(line);
    line.socket.setEncoding('latin1');
    line.socket.on('error', () => {});
    line.socket.on('close', () => {
      all.delete(line);
      if (line.sentAt > 0) judge(line);
      const place = idle.indexOf(line);
      if (place >= 0) idle.splice(place, 1);
    });
    line.socket.on('data', (chunk: string) => {
      take(line, chunk);
      if (line.sentAt === 0 || line.missing !== 0) return;
      const good = judge(line);
      // nginx ends a connection after a thousand requests.
      if (/\r\nconnection: close\r\n/i.test(line.begin)) {
        line.socket.destroy();
        if (rate === undefined) setTimeout(again, good ? 0 : PAUSE, open());
      } else if (rate !== undefined) idle.push(line);
      else if (good) again(line);
      else setTimeout(again, PAUSE, line);
    });
    return line;
  };

  if (rate === undefined) for (let count = 0; count < connections; count++) send(open());
  let due = 0;
  while (performance.now() < began + seconds * 1_000) {
    const target = rate === undefined ? 0 : Math.floor(((performance.now() - began) / 1_000) * rate);
    for (; due < target; due++) {
      const line = idle.pop() ?? (all.size < connections ? open() : undefined);
      if (line) send(line);
      else (secondOf(performance.now()) ?? { unsent: 0 }).unsent++;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  // What is under way has two seconds to come back.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  for (const line of all) line.socket.destroy();
  if (first !== undefined) process.stderr.write(`a wrong answer: ${first.slice(0, 500)}\n`);
  return report;
}

function take(line: Line, chunk: string): void {
  line.end = (line.end + chunk).slice(-END);
  if (line.missing !== undefined) {
    line.missing -= chunk.length;
    line.begin += chunk.slice(0, Math.max(0, line.enough - line.begin.length));
    return;
  }
  line.begin += chunk;
  const end = line.begin.indexOf('\r\n\r\n');
  if (end < 0) return;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(line.begin.slice(0, end + 2))?.[1];
  line.missing = end + 4 + Number(length ?? 0) - line.begin.length;
  line.enough = end + 4 + BODY_BEGIN;
}

process.on('message', (order) => {
  carry(order as Order).then(
    (report) => process.send?.({ report }),
    (thrown: unknown) => process.send?.({ failed: String(thrown) }),
  );
});
process.on('disconnect', () => process.exit());
