import { findDoubled, findHalved } from './effects.ts';
import { judge, type Operation, type Truth, type Violation } from './history.ts';
import type { Instance } from './instance.ts';
import { CREATED, HIDDEN } from './lives.ts';
import type { ReadSeen, Seen, WriteSeen } from './scene.ts';

/** What a run came to. */
export interface Report {
  readonly reads: number;
  /** Acknowledged ones. */
  readonly writes: number;
  /** Reads and acknowledged writes by kind: of what there was enough. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Shares of reads of jobs written within the last T that the cache answered. */
  readonly calmHits: number;
  readonly faultHits: number;
  /** The same of the newest job, where within the last T another may have become that. */
  readonly calmNewestHits: number;
  readonly faultNewestHits: number;
  readonly incidents: Readonly<Record<string, number>>;
  readonly moments: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

/** What the database says in the end. */
interface Stored {
  readonly truth: Truth;
  readonly effects: ReadonlyMap<string, ReadonlySet<string>>;
  /** The places of jobs in the order of their creation. */
  readonly order: ReadonlyMap<string, number>;
}

/** Judges what was seen. @param ttl T, in ms */
export function report(
  seen: Seen,
  { truth, effects, order }: Stored,
  incidents: Readonly<Record<string, number>>,
  instances: readonly Instance[],
  ttl: number,
): Report {
  const { groups, errors } = seen;
  const reads = seen.reads.flatMap((read) => [read, ...newerThan(read, order)]);
  const writes = resolve(seen.writes, truth);
  const acknowledged = writes.filter(({ returned }) => returned < Infinity);
  const moments: Record<string, number> = {};
  for (const instance of instances) {
    for (const [moment, count] of instance.faults) moments[moment] = (moments[moment] ?? 0) + count;
  }
  return {
    reads: reads.length,
    writes: acknowledged.length,
    kinds: countKinds(reads, acknowledged),
    calmHits: shareOfHits(reads, acknowledged, 'calm', 'ids', ttl),
    faultHits: shareOfHits(reads, acknowledged, 'fault', 'ids', ttl),
    calmNewestHits: shareOfHits(reads, acknowledged, 'calm', 'newest', ttl),
    faultNewestHits: shareOfHits(reads, acknowledged, 'fault', 'newest', ttl),
    incidents,
    moments,
    errors: Object.fromEntries(errors),
    violations: [
      ...judge([...reads, ...writes], truth),
      ...findDoubled(effects),
      ...findHalved(groups, truth),
    ],
  };
}

/**
 * Writes with their versions: the answer tells it, or the database does by the mark. An acknowledged one that
 * the database does not have keeps version 0, which nothing has; one without an answer did not take place then.
 */
function resolve(writes: readonly WriteSeen[], truth: Truth): WriteSeen[] {
  const versionOf = new Map<string, number>();
  for (const [subject, versions] of truth) {
    for (const [version, { by }] of versions) versionOf.set(`${subject} ${by}`, version);
  }
  return writes.flatMap((write): WriteSeen[] => {
    const version = write.version ?? versionOf.get(`${write.subject} ${write.mark}`);
    if (version === undefined && write.returned === Infinity) return [];
    return [{ ...write, version: version ?? 0 }];
  });
}

/** Who is told which job is the newest is told of every newer one that it is not there. */
function newerThan({ others = [], ...newest }: ReadSeen, order: Stored['order']): ReadSeen[] {
  const place = order.get(newest.subject) ?? Infinity;
  return others
    .filter((subject) => (order.get(subject) ?? -Infinity) > place)
    .map((subject) => ({ ...newest, subject, version: undefined, mark: 'nothing' }));
}

function countKinds(reads: readonly ReadSeen[], writes: readonly WriteSeen[]): Record<string, number> {
  const kinds: Record<string, number> = {};
  const add = (kind: string): void => void (kinds[kind] = (kinds[kind] ?? 0) + 1);
  for (const { subject, version } of reads) {
    const what = subject.startsWith('j-') ? 'jobs' : 'credentials';
    add(version === undefined ? `told that there are no such ${what}` : `shown ${what}`);
  }
  for (const { subject, mark } of writes) {
    const what = subject.startsWith('j-') ? 'jobs' : 'sessions';
    // Marks of reports are numbered.
    add(/^w\d+$/.test(mark) ? 'reported jobs' : `${mark.replace(/^made \d+$/, 'replaced')} ${what}`);
  }
  return kinds;
}

/**
 * Only reads of jobs that were written within the last T can show a lie, and only those that show a job; of the newest
 * one, reads after some job was created or hidden.
 */
function shareOfHits(
  reads: readonly ReadSeen[],
  writes: readonly Operation[],
  phase: string,
  asked: 'ids' | 'newest',
  ttl: number,
): number {
  const counted = reads.filter(
    (read) => read.phase === phase && read.asked === asked && read.version !== undefined,
  );
  counted.sort((a, b) => a.invoked - b.invoked);
  const counts = ({ mark }: Operation): boolean => asked === 'ids' || mark === CREATED || mark === HIDDEN;
  const byTime = writes
    .filter((write) => write.subject.startsWith('j-') && counts(write))
    .toSorted((a, b) => a.returned - b.returned);
  const written = (subject: string): string => (asked === 'ids' ? subject : asked);
  const lastWrite = new Map<string, number>();
  let next = 0;
  let fresh = 0;
  let hits = 0;
  for (const { subject, invoked, requestId, instance } of counted) {
    for (; next < byTime.length && byTime[next]!.returned <= invoked; next++) {
      lastWrite.set(written(byTime[next]!.subject), byTime[next]!.returned);
    }
    if (invoked - (lastWrite.get(written(subject)) ?? -Infinity) > ttl) continue;
    fresh++;
    if (instance.cached(requestId)) hits++;
  }
  return fresh === 0 ? 0 : hits / fresh;
}
