/**
 * What clients did and saw, and the judgement of it. A job is a register: write k puts version k there. With
 * position(write k) = 2k and position(read of k) = 2k + 1, the history is linearizable exactly if no operation
 * that returned before another was invoked has the higher position.
 */
export interface Operation {
  readonly kind: 'read' | 'write';
  readonly job: string;
  /** By one monotonic clock, in ms. */
  readonly invoked: number;
  /** Infinity where it is not known whether the operation came to its end. */
  readonly returned: number;
  readonly version: number;
  /** The word that the write carried, and that a read must see with its version. */
  readonly mark: string;
  /** Where it was seen: an instance and a protocol. */
  readonly where: string;
}

export interface Violation {
  readonly what: 'stale' | 'lost' | 'torn';
  readonly operation: Operation;
  /** What stands against it, in words. */
  readonly against: string;
}

/** The timeline of the database: per job, which mark each version carried. It is the truth about all writes. */
export type Truth = ReadonlyMap<string, ReadonlyMap<number, string>>;

export function judge(operations: readonly Operation[], truth: Truth): Violation[] {
  return [...findStale(operations), ...findLostAndTorn(operations, truth)];
}

function position({ kind, version }: Operation): number {
  return 2 * version + (kind === 'read' ? 1 : 0);
}

interface Event {
  readonly time: number;
  readonly returns: boolean;
  readonly operation: Operation;
}

function findStale(operations: readonly Operation[]): Violation[] {
  const violations: Violation[] = [];
  const byJob = new Map<string, Operation[]>();
  for (const operation of operations) {
    const ofJob = byJob.get(operation.job);
    if (ofJob) ofJob.push(operation);
    else byJob.set(operation.job, [operation]);
  }
  for (const ofJob of byJob.values()) {
    const events: Event[] = ofJob.flatMap((operation) => [
      { time: operation.invoked, returns: false, operation },
      ...(operation.returned < Infinity ? [{ time: operation.returned, returns: true, operation }] : []),
    ]);
    // On ties an invocation comes first: operations at one time are concurrent.
    events.sort((a, b) => a.time - b.time || Number(a.returns) - Number(b.returns));
    let highest: Operation | undefined;
    for (const { returns, operation } of events) {
      if (returns) {
        if (!highest || position(operation) > position(highest)) highest = operation;
      } else if (highest && position(highest) > position(operation)) {
        const against = `${highest.kind} of version ${highest.version} (${highest.where}) had returned ${(
          operation.invoked - highest.returned
        ).toFixed(1)} ms before`;
        violations.push({ what: 'stale', operation, against });
      }
    }
  }
  return violations;
}

function findLostAndTorn(operations: readonly Operation[], truth: Truth): Violation[] {
  return operations.flatMap((operation): Violation[] => {
    const mark = truth.get(operation.job)?.get(operation.version);
    if (mark === operation.mark) return [];
    const what = operation.kind === 'read' ? 'torn' : 'lost';
    return [{ what, operation, against: `the timeline says ${mark ?? 'nothing'} of this version` }];
  });
}
