import { run } from './scripts.ts';
import {
  ENDED,
  epochOf,
  isInTransaction,
  isOn,
  nameOfWrite,
  NONE,
  putWrite,
  unlock,
  UNREGISTERED,
  type Command,
  type Fault,
  type Model,
  type Move,
  type Process,
  type State,
} from './state.ts';

const NEW_PROCESS: Process = { epoch: UNREGISTERED, entries: [] };
const PROCESSES_AT_MOST = 3;

/** Everything that may go wrong next, or come right again. */
export function faults(state: State, model: Model): Move[] {
  const moves: Move[] = [...arrive(state, model), ...reconnect(state, model)];
  if (state.faultsLeft === 0) return moves;
  return [
    ...moves,
    ...save(state, model),
    ...cacheFaults(state, model),
    ...splits(state, model),
    ...writerFaults(state, model),
  ];
}

function may({ scenario }: Model, fault: Fault): boolean {
  return scenario.faults.includes(fault);
}

/** What became of a command, as its gateway sees it: done and answered, or anything else. */
export interface Outcome {
  readonly next: State;
  readonly done: boolean;
  readonly what: string;
}

/** Steps whose answer matters, or that do harm when they come late. */
const ANSWER_MATTERS: ReadonlySet<string> = new Set(['block', 'publish', 'abort', 'setEpoch']);

/** All that may become of a command that a gateway sends now. */
export function outcomesOf(state: State, model: Model, gateway: number, command: Command): Outcome[] {
  const process = state.connections[gateway]!;
  const standing = state.processes[process];
  if (!standing) return [{ next: state, done: false, what: 'no connection' }];
  const ran = run(standing, command, model);
  const after = { ...state, processes: state.processes.with(process, ran.process) };
  const outcomes: Outcome[] = [{ next: after, done: ran.done, what: ran.done ? 'done' : 'nothing done' }];
  if (state.faultsLeft === 0 || !ANSWER_MATTERS.has(command.step)) return outcomes;
  const faultsLeft = state.faultsLeft - 1;
  // Where no number is used twice, a setEpoch that was not answered sets one that nobody registers.
  const given = command.step === 'setEpoch' && model.rules.newEpochEachTime ? UNREGISTERED : command.epoch;
  const unheard = { ...command, epoch: given };
  if (may(model, 'answer lost') && ran.done) {
    const left = run(standing, unheard, model).process;
    const next = { ...state, faultsLeft, processes: state.processes.with(process, left) };
    outcomes.push({ next, done: false, what: 'done, but the answer is lost' });
  }
  if (may(model, 'command late') && !state.late) {
    const late = { ...unheard, process };
    outcomes.push({ next: { ...state, faultsLeft, late }, done: false, what: 'given up, still on its way' });
  }
  return outcomes;
}

/** A command that was given up arrives after all. */
function arrive(state: State, model: Model): Move[] {
  const { late } = state;
  const process = late && state.processes[late.process];
  if (!late || !process) return [];
  const ran = run(process, late, model);
  const next = { ...state, late: undefined, processes: state.processes.with(late.process, ran.process) };
  const what = `${late.step} in epoch ${late.epoch}: ${ran.done ? 'done' : 'nothing done'}`;
  return [{ by: 'the network', step: 'late command', what, next }];
}

/** A gateway finds another process, or none for a while; the run id is known as soon as it is connected. */
function reconnect(state: State, model: Model): Move[] {
  const returns: readonly Fault[] = ['split', 'led to an empty one', 'cut off'];
  if (!returns.some((fault) => may(model, fault))) return [];
  return state.connections.flatMap((present, gateway) =>
    state.processes.flatMap((process, other) => {
      if (!process || other === present) return [];
      const next = { ...state, connections: state.connections.with(gateway, other) };
      const what = `gateway ${gateway + 1} to process ${other + 1}`;
      return [{ by: 'the network', step: 'connects', what, next }];
    }),
  );
}

/** Redis writes a copy to disk, or to another process, that is out of date later. No fault in itself. */
function save(state: State, model: Model): Move[] {
  const used = may(model, 'restarted with old data') || may(model, 'split') || may(model, 'taken back');
  const process = state.processes[state.runIds.at(-1)!];
  if (!used || state.saved || !process) return [];
  return [{ by: 'redis', step: 'save', what: '', next: { ...state, saved: process } }];
}

function cacheFaults(state: State, model: Model): Move[] {
  const faultsLeft = state.faultsLeft - 1;
  const by = 'redis';
  return state.processes.flatMap((process, runId) => {
    if (!process) return [];
    const moves: Move[] = [];
    const become = (fault: Fault, changed: Process): void => {
      if (!may(model, fault)) return;
      const next = { ...state, faultsLeft, processes: state.processes.with(runId, changed) };
      moves.push({ by, step: fault, what: `process ${runId + 1}`, next });
    };
    become('emptied', NEW_PROCESS);
    become('epoch key lost', { ...process, epoch: UNREGISTERED });
    if (state.saved) become('taken back', state.saved);
    const kept = process.entries.map((entry) => (entry?.kind === 'block' ? undefined : entry));
    if (kept.some((entry, place) => entry !== process.entries[place])) {
      become('block evicted', { ...process, entries: kept });
    }
    const restart = (fault: Fault, data: Process): void => {
      if (!may(model, fault) || state.processes.length >= PROCESSES_AT_MOST) return;
      const next: State = {
        ...state,
        faultsLeft,
        processes: [...state.processes.with(runId, undefined), data],
        connections: state.connections.map((each) => (each === runId ? state.processes.length : each)),
      };
      moves.push({
        by,
        step: fault,
        what: `process ${runId + 1} is process ${state.processes.length + 1}`,
        next,
      });
    };
    restart('restarted empty', NEW_PROCESS);
    if (state.saved) restart('restarted with old data', state.saved);
    return moves;
  });
}

function splits(state: State, model: Model): Move[] {
  const faultsLeft = state.faultsLeft - 1;
  return state.connections.flatMap((present, gateway) => {
    const moves: Move[] = [];
    const by = 'the network';
    if (may(model, 'cut off') && present !== NONE) {
      const next = { ...state, faultsLeft, connections: state.connections.with(gateway, NONE) };
      moves.push({ by, step: 'cut off', what: `gateway ${gateway + 1}`, next });
    }
    const led = may(model, 'split') || may(model, 'led to an empty one');
    if (!led || state.processes.length >= PROCESSES_AT_MOST) return moves;
    for (const data of state.saved ? [NEW_PROCESS, state.saved] : [NEW_PROCESS]) {
      const other = state.processes.length;
      const next = {
        ...state,
        faultsLeft,
        processes: [...state.processes, data],
        connections: state.connections.with(gateway, other),
      };
      const kind = data === NEW_PROCESS ? 'empty' : 'with old data';
      moves.push({
        by,
        step: 'split',
        what: `gateway ${gateway + 1} talks to process ${other + 1}, ${kind}`,
        next,
      });
    }
    return moves;
  });
}

function writerFaults(state: State, model: Model): Move[] {
  const faultsLeft = state.faultsLeft - 1;
  return state.writes.flatMap((write, index) => {
    const moves: Move[] = [];
    const by = nameOfWrite(index, write);
    const changing = write.at === 'change' || write.at === 'changeOff';
    if (may(model, 'dies') && isInTransaction(write) && write.at !== 'decide') {
      const next = { ...putWrite(unlock(state, index), index, ENDED), faultsLeft };
      moves.push({ by, step: 'dies', what: 'its transaction is rolled back', next });
    }
    if (may(model, 'refused') && changing) {
      const at = write.at === 'change' ? { ...write, at: 'abort' as const } : ENDED;
      const next = { ...putWrite(unlock(state, index), index, at), faultsLeft };
      moves.push({ by, step: 'refused', what: 'rolls back', next });
    }
    if (may(model, 'commit unknown') && changing && write.kind !== 'repair') {
      const aborts = !model.rules.unknownCommitStaysBlocked && write.at === 'change';
      const at = aborts ? 'abortThenDecide' : 'decide';
      const next = { ...putWrite(state, index, { ...write, at }), faultsLeft };
      moves.push({ by, step: 'commit', what: 'sent, and never answered', next });
    }
    return moves;
  });
}

/** The rule that a value in use is never older than the committed row. */
export function findStaleValue(state: State, { rules }: Model): string | undefined {
  if (!isOn(state.turn)) return undefined;
  const epoch = epochOf(state.turn);
  const process = state.processes[state.runIds[epoch - 1]!];
  const value = process?.entries[rules.epochInKey ? epoch : 0];
  if (value?.kind !== 'value' || value.version >= state.version) return undefined;
  return `version ${value.version} stands in the cache, and the row is at ${state.version}`;
}
