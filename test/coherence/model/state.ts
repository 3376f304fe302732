import type { Rules } from './rules.ts';

/** What a process, a lock or a number stands for when there is none. */
export const NONE = -1;

/** The epoch of a Redis process that lost it, or has one that is never registered: no gateway uses either. */
export const UNREGISTERED = 0;

export type EntryKind = 'value' | 'lease' | 'block';

/** What stands under a key in Redis. `age` is the time since its lease or its block was taken, in steps of `pass`. */
export interface Entry {
  readonly kind: EntryKind;
  readonly age: number;
  /** Of a lease or a block; several where which job is the newest is blocked by several, the oldest first. */
  readonly tokens: readonly number[];
  /** Of a value: the number of the change that made it. */
  readonly version: number;
}

/** One Redis process; its run id is its place in the list of processes. */
export interface Process {
  readonly epoch: number;
  /** By epoch: the job has one key in each. */
  readonly entries: readonly (Entry | undefined)[];
}

/** A command to Redis. */
export interface Command {
  readonly step: 'lease' | 'fill' | 'block' | 'publish' | 'abort' | 'setEpoch';
  readonly epoch: number;
  readonly token: number;
  readonly version: number;
}

/** What a read does next, or that it has returned. */
export type ReadPlace = 'get' | 'lease' | 'load' | 'fill' | 'done';

export interface Read {
  readonly at: ReadPlace;
  readonly gateway: number;
  readonly epoch: number;
  /** The highest position that had returned when this read was invoked. */
  readonly floor: number;
  /** What the SELECT found, once it was made. */
  readonly version: number;
  readonly returned: boolean;
}

/**
 * What a write does next. `changeOff`: change the row without Redis. `decide`: COMMIT was sent, and its outcome is
 * not known to the gateway.
 */
export type WritePlace =
  | 'lock'
  | 'block'
  | 'change'
  | 'changeOff'
  | 'publish'
  | 'abort'
  | 'fence'
  | 'decide'
  | 'abortThenDecide'
  | 'done';

export type WriteKind = 'create' | 'update' | 'hide' | 'import' | 'repair' | 'mend';

export interface Write {
  readonly at: WritePlace;
  readonly kind: WriteKind;
  readonly gateway: number;
  /** Every attempt has a token of its own. */
  readonly attempt: number;
  readonly epoch: number;
  /** The change that it made; of a `mend` the token that it takes away. */
  readonly version: number;
}

/** A fence or a `turnOn` in progress. It holds the epoch's row, but for a fence that is to set `off_since` again. */
export type EpochChange =
  | { readonly is: 'fence'; readonly age: number; readonly committed: boolean }
  | { readonly is: 'turnOn'; readonly gateway: number; readonly runId: number };

/** All that the next step may depend on. Nothing in it is ever changed. */
export interface State {
  /** How many changes of the job were committed. */
  readonly version: number;
  readonly row: 'missing' | 'shown' | 'hidden';
  readonly rowLock: number;
  /** The states of the epoch's row one after the other: 0 is epoch 1 ON, 1 is epoch 2 OFF, 2 is epoch 2 ON, … */
  readonly turn: number;
  /** By epoch, beginning with 1: the run id that was registered. */
  readonly runIds: readonly number[];
  /** While OFF: the time since `off_since`; NONE, which is too short for all, while that is not known. */
  readonly offFor: number;
  readonly epochChange: EpochChange | undefined;
  /** Undefined where the process has ended. */
  readonly processes: readonly (Process | undefined)[];
  /** A copy of the registered process that was made earlier. */
  readonly saved: Process | undefined;
  /** A command that is still on its way to a process, though its gateway has given it up. */
  readonly late: (Command & { readonly process: number }) | undefined;
  /** By gateway: the process that it talks to. */
  readonly connections: readonly number[];
  /** By gateway: the turn that it surely knows of. */
  readonly views: readonly number[];
  readonly reads: readonly Read[];
  readonly writes: readonly Write[];
  /** The highest position that has returned: 2k for the acknowledged change k, 2k + 1 for a read of it. */
  readonly returned: number;
  readonly faultsLeft: number;
  readonly violation: string | undefined;
}

/** What may happen beside the steps of the protocol; see `faults.ts`. */
export type Fault =
  | 'emptied'
  | 'epoch key lost'
  | 'restarted empty'
  | 'restarted with old data'
  | 'split'
  | 'led to an empty one'
  | 'cut off'
  | 'answer lost'
  | 'command late'
  | 'dies'
  | 'refused'
  | 'commit unknown'
  | 'fence commits slowly'
  | 'taken back'
  | 'block evicted';

/** What is searched: who reads and writes through which gateway, and what may go wrong. */
export interface Scenario {
  readonly name: string;
  /**
   * What stands in the entry: a job, or which job is the newest. There a change is one of which is the newest, by
   * whichever of the jobs, whose rows do not keep each other waiting.
   */
  readonly entry: 'job' | 'newest';
  /** The gateway of each read. */
  readonly reads: readonly number[];
  readonly writes: readonly { readonly gateway: number; readonly kind: WriteKind }[];
  readonly faults: readonly Fault[];
  /** So many faults in one run. */
  readonly faultsAtMost: number;
  /** T, in steps of time. */
  readonly life: number;
  /** Where the epoch's row begins: 0 ON, or 1 OFF for long enough. */
  readonly firstTurn: 0 | 1;
  /** Where it stops changing. */
  readonly lastTurn: number;
  readonly attempts: number;
  readonly job: 'missing' | 'shown';
}

export interface Model {
  readonly scenario: Scenario;
  readonly rules: Rules;
}

/** One thing that may happen next. */
export interface Move {
  readonly by: string;
  readonly step: string;
  readonly what: string;
  readonly next: State;
}

export const epochOf = (turn: number): number => 1 + Math.ceil(turn / 2);
export const isOn = (turn: number): boolean => turn % 2 === 0;

/** Nothing is cached; the cache is on in epoch 1, or off after it. */
export function firstState({ reads, writes, faultsAtMost, job, firstTurn, life }: Scenario): State {
  const gateways = 1 + Math.max(...reads, ...writes.map(({ gateway }) => gateway));
  return {
    version: job === 'shown' ? 1 : 0,
    row: job,
    rowLock: NONE,
    turn: firstTurn,
    runIds: [0],
    offFor: firstTurn === 1 ? life + 1 : 0,
    epochChange: undefined,
    processes: [{ epoch: 1, entries: [] }],
    saved: undefined,
    late: undefined,
    connections: Array.from({ length: gateways }, () => 0),
    views: Array.from({ length: gateways }, () => 0),
    reads: reads.map((gateway) => ({ ...RETURNED, at: 'get', gateway, returned: false })),
    writes: writes.map(({ gateway, kind }) => ({ ...ENDED, at: 'lock', gateway, kind })),
    returned: 0,
    faultsLeft: faultsAtMost,
    violation: undefined,
  };
}

/** A read and a write of which nothing matters any more: states that differ in the past only are one. */
export const RETURNED: Read = { at: 'done', gateway: 0, epoch: 0, floor: 0, version: 0, returned: true };
export const ENDED: Write = { at: 'done', kind: 'update', gateway: 0, attempt: 0, epoch: 0, version: 0 };

export function putRead(state: State, index: number, read: Read): State {
  return { ...state, reads: state.reads.with(index, read) };
}

export function putWrite(state: State, index: number, write: Write): State {
  return { ...state, writes: state.writes.with(index, write) };
}

/** The transaction has ended: its locks are free. The share lock goes with the place of the write. */
export function unlock(state: State, index: number): State {
  return state.rowLock === index ? { ...state, rowLock: NONE } : state;
}

const IN_TRANSACTION: ReadonlySet<string> = new Set([
  'block',
  'change',
  'changeOff',
  'decide',
  'abortThenDecide',
]);

export function isInTransaction({ at }: Write): boolean {
  return IN_TRANSACTION.has(at);
}

export function nameOfRead(index: number, gateway: number): string {
  return `read ${index + 1} (gateway ${gateway + 1})`;
}

export function nameOfWrite(index: number, { kind, gateway }: Write): string {
  return `${kind} ${index + 1} (gateway ${gateway + 1})`;
}
