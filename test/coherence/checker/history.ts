/**
 * What clients did and saw, and the judgement of it. A subject, which is a job or a session, is a register: write k
 * puts version k there, the first creates it and the last may take it out of every reader's sight. With
 * position(write k) = 2k and position(read of k) = 2k + 1, the history is linearizable exactly if no operation
 * that returned before another was invoked has the higher position.
 */
export interface Operation {
  readonly kind: 'read' | 'write';
  /** What was read or written. */
  readonly subject: string;
  /** By one monotonic clock, in ms. */
  readonly invoked: number;
  /** Infinity where it is not known whether the operation came to its end. */
  readonly returned: number;
  /** Undefined for a read that was told that there is nothing. */
  readonly version: number | undefined;
  /** The word that the write carried; what the read saw of its version. */
  readonly mark: string;
  /** Where it was seen: an instance and a protocol. */
  readonly where: string;
}

export interface Violation {
  readonly what: 'stale' | 'lost' | 'torn' | 'doubled' | 'halved';
  readonly operation?: Operation;
  /** What stands against it, in words. */
  readonly against: string;
}

/** What the database says of one version. */
export interface Version {
  /** The word of the write that made it. */
  readonly by: string;
  /** What a reader of it sees; undefined where the subject is not to be seen any more. */
  readonly shows: string | undefined;
}

/** Every version of every subject, from the tables of the database: the truth about all writes. */
export type Truth = ReadonlyMap<string, ReadonlyMap<number, Version>>;

export function judge(operations: readonly Operation[], truth: Truth): Violation[] {
  return [...findStale(operations, truth), ...findLostAndTorn(operations, truth)];
}

interface Event {
  readonly time: number;
  readonly returns: boolean;
  readonly operation: Operation;
}

interface Placed {
  readonly position: number;
  readonly operation: Operation;
}

function findStale(operations: readonly Operation[], truth: Truth): Violation[] {
  const violations: Violation[] = [];
  for (const [subject, ofSubject] of bySubject(operations)) {
    const events: Event[] = ofSubject.flatMap((operation) => [
      { time: operation.invoked, returns: false, operation },
      ...(operation.returned < Infinity ? [{ time: operation.returned, returns: true, operation }] : []),
    ]);
    // On ties an invocation comes first: operations at one time are concurrent.
    events.sort((a, b) => a.time - b.time || Number(a.returns) - Number(b.returns));
    const gone = versionOutOfSight(truth.get(subject));
    const placed = new Map<Operation, number>();
    let highest: Placed | undefined;
    for (const { returns, operation } of events) {
      if (returns) {
        const position = placed.get(operation)!;
        if (!highest || position > highest.position) highest = { position, operation };
        continue;
      }
      const position = positionOf(operation, highest?.position ?? 0, gone);
      placed.set(operation, position);
      if (highest && highest.position > position) {
        violations.push({
          what: 'stale',
          operation,
          against: describe(highest.operation, operation.invoked),
        });
      }
    }
  }
  return violations;
}

function bySubject(operations: readonly Operation[]): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const group = groups.get(operation.subject);
    if (group) group.push(operation);
    else groups.set(operation.subject, [operation]);
  }
  return groups;
}

/**
 * Nothing is there before the first version, and again once the subject is out of sight. A reader who is told so
 * is placed at the lower of the two wherever it may stand, as nothing stands against the lower one later.
 * @param highest the position of what had returned when the operation was invoked
 */
function positionOf({ kind, version }: Operation, highest: number, gone: number | undefined): number {
  if (version !== undefined) return 2 * version + (kind === 'read' ? 1 : 0);
  return highest <= 1 || gone === undefined ? 1 : 2 * gone + 1;
}

function versionOutOfSight(versions: ReadonlyMap<number, Version> = new Map()): number | undefined {
  for (const [version, { shows }] of versions) if (shows === undefined) return version;
  return undefined;
}

function describe({ kind, version, where, returned }: Operation, invoked: number): string {
  const what = version === undefined ? 'read of nothing' : `${kind} of version ${version}`;
  return `${what} (${where}) had returned ${(invoked - returned).toFixed(1)} ms before`;
}

function findLostAndTorn(operations: readonly Operation[], truth: Truth): Violation[] {
  return operations.flatMap((operation): Violation[] => {
    const { kind, subject, version, mark } = operation;
    if (version === undefined) return [];
    const present = truth.get(subject)?.get(version);
    const said = kind === 'read' ? present?.shows : present?.by;
    if (said === mark) return [];
    const what = kind === 'read' ? 'torn' : 'lost';
    return [{ what, operation, against: `the database says ${said ?? 'nothing'} of this version` }];
  });
}
