import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Order, Second } from './arrivals.ts';

const PROGRAM = fileURLToPath(new URL('arrivals.ts', import.meta.url));

/** Makes load from a process of its own, and tells what became of it, second by second. */
export async function makeLoad(order: Order): Promise<Load> {
  const child = fork(PROGRAM, { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
  try {
    const ended = once(child, 'message') as Promise<[{ report?: Second[]; failed?: string }]>;
    child.send(order);
    const [{ report, failed }] = await ended;
    if (!report) throw new Error(failed);
    return summarize(report);
  } finally {
    child.kill();
  }
}

/** A load as a whole, and each second of it. */
export interface Load extends Summary {
  readonly seconds: readonly Summary[];
}

export interface Summary {
  /** A second, on the average. */
  readonly good: number;
  readonly refused: number;
  readonly wrong: number;
  readonly unsent: number;
  /** In ms. */
  readonly goodTimes: Times;
  readonly refusedTimes: Times;
}

export interface Times {
  readonly p50: number;
  readonly p99: number;
}

/** The first second is left out of the whole: connections are made in it. */
function summarize(report: readonly Second[]): Load {
  const rest = report.length > 1 ? report.slice(1) : report;
  return { ...join(rest), seconds: report.map((second) => join([second])) };
}

function join(seconds: readonly Second[]): Summary {
  const per = (count: (second: Second) => number): number =>
    seconds.reduce((sum, second) => sum + count(second), 0) / seconds.length;
  return {
    good: per(({ good }) => good.length),
    refused: per(({ refused }) => refused.length),
    wrong: per(({ wrong }) => wrong),
    unsent: per(({ unsent }) => unsent),
    goodTimes: timesOf(seconds.flatMap(({ good }) => good)),
    refusedTimes: timesOf(seconds.flatMap(({ refused }) => refused)),
  };
}

function timesOf(times: readonly number[]): Times {
  const sorted = Float64Array.from(times).toSorted();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
