import { outcomesOf } from './faults.ts';
import { grow, valueIn } from './scripts.ts';
import {
  ENDED,
  epochOf,
  isInTransaction,
  isOn,
  nameOfRead,
  nameOfWrite,
  NONE,
  putRead,
  putWrite,
  RETURNED,
  unlock,
  type Command,
  type Model,
  type Move,
  type Process,
  type Read,
  type State,
  type Write,
} from './state.ts';

/** Everything that the protocol may do next; each function is the step of that name. */
export function steps(state: State, model: Model): Move[] {
  return [
    ...state.reads.flatMap((_, index) => readSteps(state, model, index)),
    ...state.writes.flatMap((_, index) => writeSteps(state, model, index)),
    ...state.connections.flatMap((_, gateway) => tick(state, model, gateway)),
    ...epochSteps(state, model),
    ...pass(state, model),
  ];
}

function readSteps(state: State, model: Model, index: number): Move[] {
  switch (state.reads[index]!.at) {
    case 'get':
      return get(state, model, index);
    case 'lease':
      return lease(state, model, index);
    case 'load':
      return load(state, model, index);
    case 'fill':
      return fill(state, model, index);
    case 'done':
      return [];
  }
}

function writeSteps(state: State, model: Model, index: number): Move[] {
  switch (state.writes[index]!.at) {
    case 'lock':
      return state.writes[index]!.kind === 'mend' ? mend(state, model, index) : lock(state, model, index);
    case 'block':
      return block(state, model, index);
    case 'change':
    case 'changeOff':
      return commit(state, model, index);
    case 'publish':
      return publish(state, model, index);
    case 'abort':
    case 'abortThenDecide':
      return abort(state, model, index);
    case 'fence':
      return fence(state, model, index);
    case 'decide':
      return decide(state, model, index);
    case 'done':
      return [];
  }
}

/** A read is invoked: it finds a value, or nothing, or asks the database at once. */
function get(state: State, model: Model, index: number): Move[] {
  const { rules } = model;
  const read = { ...state.reads[index]!, floor: state.returned };
  const { gateway } = read;
  const by = nameOfRead(index, gateway);
  const runId = state.connections[gateway]!;
  // A gateway that was just started knows no epoch; nor does one know of a cache that is turned off.
  const bypass = returnRead(state, index, { ...read, at: 'done' }, state.version);
  const moves: Move[] = [
    { by, step: 'load', what: `version ${state.version}, without the cache`, next: bypass },
  ];
  // A tick may have told the gateway of the epoch at any moment between what it surely knows and now.
  for (let view = state.views[gateway]!; view <= state.turn; view++) {
    const epoch = epochOf(view);
    const usable =
      isOn(view) && runId !== NONE && (!rules.runIdCompared || runId === state.runIds[epoch - 1]);
    if (!usable) continue;
    const known = { ...state, views: state.views.with(gateway, view) };
    const value = valueIn(state.processes[runId], rules, epoch);
    if (value) {
      const next = returnRead(known, index, { ...read, at: 'done' }, value.version);
      moves.push({ by, step: 'get', what: `version ${value.version}, from epoch ${epoch}`, next });
    } else {
      const at = rules.leaseTaken && rules.leaseBeforeLoad ? 'lease' : 'load';
      const next = putRead(known, index, { ...read, at, epoch });
      moves.push({ by, step: 'get', what: `nothing, in epoch ${epoch}`, next });
    }
  }
  return moves;
}

/**
 * A lease takes the place of another one: that one may always be older than 500 ms.
 * Without a lease the read would do no more than one that goes to the database at once: that is left out.
 */
function lease(state: State, model: Model, index: number): Move[] {
  const read = state.reads[index]!;
  const { gateway, epoch } = read;
  const command = { step: 'lease', epoch, token: index, version: 0 } as const;
  const at = model.rules.leaseBeforeLoad ? 'load' : 'fill';
  return outcomesOf(state, model, gateway, command)
    .filter(({ done }) => done)
    .map(({ next, what }) => ({
      by: nameOfRead(index, gateway),
      step: 'lease',
      what,
      next: putRead(next, index, { ...read, at }),
    }));
}

/** The SELECT of the row and of the epoch's row, in one read; the read returns. */
function load(state: State, model: Model, index: number): Move[] {
  const { rules } = model;
  const read = state.reads[index]!;
  const { gateway, epoch } = read;
  const seen = { ...state, views: state.views.with(gateway, Math.max(state.turn, state.views[gateway]!)) };
  const cacheable = state.row === 'shown' || !rules.absenceNotCached;
  const sameEpoch = (isOn(state.turn) && epochOf(state.turn) === epoch) || !rules.fillComparesEpoch;
  const then = rules.leaseTaken && !rules.leaseBeforeLoad ? 'lease' : 'fill';
  const at = cacheable && sameEpoch ? then : 'done';
  const next = returnRead(seen, index, { ...read, at, version: state.version }, state.version);
  return [{ by: nameOfRead(index, gateway), step: 'load', what: `version ${state.version}`, next }];
}

function fill(state: State, model: Model, index: number): Move[] {
  const { gateway, epoch, version } = state.reads[index]!;
  const command = { step: 'fill', epoch, token: index, version } as const;
  return outcomesOf(state, model, gateway, command).map(({ next, what }) => ({
    by: nameOfRead(index, gateway),
    step: 'fill',
    what: `version ${version} in epoch ${epoch}: ${what}`,
    next: putRead(next, index, RETURNED),
  }));
}

/**
 * BEGIN, the row's lock, and the epoch's row under a share lock. A missing row cannot be locked, and who makes another
 * job the newest does not wait for others that do.
 */
function lock(state: State, model: Model, index: number): Move[] {
  const { rules, scenario } = model;
  const write = state.writes[index]!;
  const { gateway, kind } = write;
  const by = nameOfWrite(index, write);
  if (state.rowLock !== NONE || holdsEpoch(state)) return [];
  const epoch = epochOf(state.turn);
  const locked = {
    ...state,
    rowLock: state.row === 'missing' || scenario.entry === 'newest' ? NONE : index,
    views: state.views.with(gateway, Math.max(state.turn, state.views[gateway]!)),
  };
  if (isOn(state.turn)) {
    const needless = (kind === 'create' && !rules.createBlocks) || (kind === 'import' && !rules.importBlocks);
    const blocks = rules.blockBeforeCommit && !needless;
    const next = putWrite(locked, index, { ...write, at: blocks ? 'block' : 'change', epoch });
    return [{ by, step: 'lock, epoch', what: `epoch ${epoch} is ON`, next }];
  }
  const tooEarly = rules.fenceWaits && state.offFor <= scenario.life;
  if (tooEarly || kind === 'repair') return [];
  const next = putWrite(locked, index, { ...write, at: 'changeOff', epoch });
  return [{ by, step: 'lock, epoch', what: `epoch ${epoch} is OFF for long enough`, next }];
}

function block(state: State, model: Model, index: number): Move[] {
  const { rules } = model;
  const write = state.writes[index]!;
  const { gateway, epoch } = write;
  const by = nameOfWrite(index, write);
  const runId = state.connections[gateway]!;
  if (rules.runIdCompared && runId !== state.runIds[epoch - 1]) {
    return notBlocked(state, model, index, 'not the registered process');
  }
  return outcomesOf(state, model, gateway, commandOf('block', index, write)).flatMap(
    ({ next, what, done }) =>
      done
        ? [{ by, step: 'block', what, next: putWrite(next, index, { ...write, at: 'change' }) }]
        : notBlocked(next, model, index, what),
  );
}

/** Rolled back: the writer tries again, or turns the cache off first. */
function notBlocked(state: State, model: Model, index: number, what: string): Move[] {
  const write = state.writes[index]!;
  const by = nameOfWrite(index, write);
  if (!model.rules.fenceWhenNotBlocked) {
    return [{ by, step: 'block', what, next: putWrite(state, index, { ...write, at: 'changeOff' }) }];
  }
  const ended = unlock(state, index);
  const again = putWrite(ended, index, tryAgain(write, model));
  const fences = putWrite(ended, index, { ...write, at: 'fence' });
  return [
    { by, step: 'block', what: `${what}; rolls back`, next: again },
    { by, step: 'block', what: `${what}; rolls back for the third time`, next: fences },
  ];
}

function tryAgain(write: Write, { scenario }: Model): Write {
  const attempt = write.attempt + 1;
  return attempt < scenario.attempts ? { ...write, at: 'lock', attempt, epoch: 0 } : ENDED;
}

/** The change itself and COMMIT; without the cache it is acknowledged at once. */
function commit(state: State, model: Model, index: number): Move[] {
  const write = state.writes[index]!;
  const by = nameOfWrite(index, write);
  const row = work(state, model, index);
  if (row === undefined) {
    const next = putWrite(
      unlock(state, index),
      index,
      write.at === 'change' ? { ...write, at: 'abort' } : ENDED,
    );
    return [{ by, step: 'work', what: 'refused, rolled back', next }];
  }
  const version = state.version + (write.kind === 'repair' ? 0 : 1);
  const committed = { ...unlock(state, index), row, version };
  if (write.at === 'changeOff') {
    const next = acknowledge(committed, index, version);
    return [{ by, step: 'work, commit, acknowledge', what: `change ${version}, without the cache`, next }];
  }
  const next = putWrite(committed, index, { ...write, at: 'publish', version });
  return [{ by, step: 'work, commit', what: `change ${version}`, next }];
}

/** What the row becomes; undefined where the change is refused. */
function work(
  { row, rowLock, writes }: State,
  { rules, scenario }: Model,
  index: number,
): State['row'] | undefined {
  const { kind } = writes[index]!;
  if (scenario.entry === 'newest') return 'shown';
  if (kind === 'create') return row === 'missing' ? 'shown' : undefined;
  // The row may have come after the lock was asked for: then the block that was set may be gone.
  if (rules.onlyLockedRows && rowLock !== index) return undefined;
  if (kind === 'repair') return row;
  if (row !== 'shown') return undefined;
  return kind === 'hide' ? 'hidden' : 'shown';
}

/**
 * A job that is not to be seen any more is not published, nor is which one is the newest, as its writer does not know of
 * others': the block is removed instead.
 */
function publish(state: State, model: Model, index: number): Move[] {
  const write = state.writes[index]!;
  const visible =
    write.kind === 'update' || write.kind === 'create' || (write.kind === 'repair' && state.row === 'shown');
  const shown = visible && model.scenario.entry === 'job';
  const command = commandOf(shown ? 'publish' : 'abort', index, write);
  return outcomesOf(state, model, write.gateway, command).map(({ next, what }) => ({
    by: nameOfWrite(index, write),
    step: write.kind === 'repair' ? command.step : `${command.step}, acknowledge`,
    what: `change ${write.version}: ${what}`,
    next: write.kind === 'repair' ? putWrite(next, index, ENDED) : acknowledge(next, index, write.version),
  }));
}

function acknowledge(state: State, index: number, version: number): State {
  const next = putWrite(state, index, ENDED);
  const lost = version > state.version;
  return {
    ...next,
    returned: Math.max(state.returned, 2 * version),
    violation: lost ? `change ${version} was acknowledged and is lost` : state.violation,
  };
}

/** After the roll-back; or, where that rule is left out, after a COMMIT of which nothing is known. */
function abort(state: State, model: Model, index: number): Move[] {
  const write = state.writes[index]!;
  const own = commandOf('abort', index, write);
  const command = write.kind === 'mend' ? { ...own, token: write.version } : own;
  return outcomesOf(state, model, write.gateway, command).map(({ next, what }) => ({
    by: nameOfWrite(index, write),
    step: 'abort',
    what,
    next: putWrite(next, index, write.at === 'abort' ? ENDED : { ...write, at: 'decide' }),
  }));
}

/**
 * Takes away the block of a writer that is taken for dead: it may be any that stands. But first there must be a moment at
 * which no change is under way.
 */
function mend(state: State, model: Model, index: number): Move[] {
  const write = state.writes[index]!;
  const { gateway } = write;
  const epoch = epochOf(state.turn);
  const standing = state.processes[state.connections[gateway]!]?.entries[epoch];
  if (standing?.kind !== 'block' || holdsEpoch(state)) return [];
  if (model.rules.mendsWhenIdle && hasWriters(state, model)) return [];
  return standing.tokens.map((token) => ({
    by: nameOfWrite(index, write),
    step: 'idle',
    what: `takes ${token} for dead`,
    next: putWrite(state, index, { ...write, at: 'abort', epoch, version: token }),
  }));
}

/** The database settles a COMMIT whose outcome the gateway does not know; until then the locks are held. */
function decide(state: State, model: Model, index: number): Move[] {
  const write = state.writes[index]!;
  const by = 'the database';
  const version = state.version + 1;
  const rolledBack = putWrite(unlock(state, index), index, ENDED);
  const moves: Move[] = [
    { by, step: 'decide', what: `rolls back ${nameOfWrite(index, write)}`, next: rolledBack },
  ];
  const row = work(state, model, index);
  if (row === undefined) return moves;
  const committed = { ...rolledBack, row, version };
  return [
    ...moves,
    { by, step: 'commit', what: `change ${version} of ${nameOfWrite(index, write)}`, next: committed },
  ];
}

/** A writer turns the cache off, if it is still on in the writer's epoch. */
function fence(state: State, model: Model, index: number): Move[] {
  const write = state.writes[index]!;
  if (holdsEpoch(state) || hasWriters(state, model)) return [];
  const by = nameOfWrite(index, write);
  const freed = putWrite(state, index, tryAgain(write, model));
  if (!isOn(state.turn) || epochOf(state.turn) !== write.epoch) {
    return [{ by, step: 'fence', what: 'another was first', next: freed }];
  }
  return turnOff(freed, model, by);
}

function turnOff(state: State, model: Model, by: string): Move[] {
  const { faults, lastTurn } = model.scenario;
  const turn = state.turn + 1;
  if (turn > lastTurn) return [];
  const what = `epoch ${epochOf(turn)}, OFF`;
  const moves: Move[] = [
    { by, step: 'fence', what, next: { ...state, turn, offFor: sinceCommit(model, 0) } },
  ];
  if (faults.includes('fence commits slowly') && state.faultsLeft > 0) {
    const epochChange = { is: 'fence', age: 0, committed: false } as const;
    const next = { ...state, epochChange, faultsLeft: state.faultsLeft - 1 };
    moves.push({ by, step: 'fence', what: `${what}; COMMIT is slow`, next });
  }
  return moves;
}

/** What is known of `off_since` when a fence has committed: nothing yet, or, without that rule, the time of its UPDATE. */
function sinceCommit({ rules }: Model, age: number): number {
  return rules.offSinceAfterCommit ? NONE : age;
}

/** What a fence or a `turnOn` still has to do. */
function epochSteps(state: State, model: Model): Move[] {
  const { epochChange, turn } = state;
  const by = 'the fence';
  if (!isOn(turn) && state.offFor === NONE) {
    return [{ by, step: 'offSince', what: 'after its COMMIT', next: { ...state, offFor: 0 } }];
  }
  if (!epochChange) return [];
  if (epochChange.is === 'turnOn') return setEpoch(state, model);
  const { age, committed } = epochChange;
  if (committed) {
    return [{ by, step: 'offSince', what: 'again', next: { ...state, epochChange: undefined, offFor: 0 } }];
  }
  const again = age > 0 && !model.rules.offSinceAfterCommit;
  const next: State = {
    ...state,
    turn: turn + 1,
    offFor: sinceCommit(model, age),
    epochChange: again ? { ...epochChange, age: 0, committed: true } : undefined,
  };
  return [{ by, step: 'fence', what: `its COMMIT is done, its UPDATE was ${age} ago`, next }];
}

/** Looks after the epoch: fences a cache that lost its state, turns a fenced one on again. */
function tick(state: State, model: Model, gateway: number): Move[] {
  const { rules, scenario } = model;
  const by = `gateway ${gateway + 1}`;
  const runId = state.connections[gateway]!;
  const process = state.processes[runId];
  if (!process || holdsEpoch(state) || hasWriters(state, model)) return [];
  const epoch = epochOf(state.turn);
  if (!isOn(state.turn)) return turnOn(state, model, gateway);
  const registered = !rules.runIdCompared || state.runIds[epoch - 1] === runId;
  if (registered && process.epoch === epoch) return [];
  if (rules.tickFencesFirst) {
    return turnOff(state, model, by).map((move) => ({ ...move, step: 'tick, fence' }));
  }
  const turn = state.turn + 2;
  if (turn > scenario.lastTurn) return [];
  const raised = { ...process, epoch: epochOf(turn) };
  const next = {
    ...state,
    turn,
    runIds: [...state.runIds, runId],
    processes: state.processes.with(runId, raised),
  };
  return [{ by, step: 'tick', what: `epoch ${epochOf(turn)}, ON at once`, next }];
}

/** The surplus over the wait of a writer is left out: turning on earlier than that is more than may happen. */
function turnOn(state: State, { rules, scenario }: Model, gateway: number): Move[] {
  if (state.turn >= scenario.lastTurn) return [];
  if (rules.fenceWaits && state.offFor <= scenario.life) return [];
  const runId = state.connections[gateway]!;
  const next: State = { ...state, epochChange: { is: 'turnOn', gateway, runId } };
  return [{ by: `gateway ${gateway + 1}`, step: 'tick, turnOn', what: `with process ${runId + 1}`, next }];
}

/** With the epoch's row locked; then the row is written and committed. */
function setEpoch(state: State, model: Model): Move[] {
  const { epochChange } = state;
  if (epochChange?.is !== 'turnOn') return [];
  const { gateway, runId } = epochChange;
  const turn = state.turn + 1;
  const epoch = epochOf(turn);
  const command: Command = { step: 'setEpoch', epoch, token: 0, version: 0 };
  const by = `gateway ${gateway + 1}`;
  const free = { ...state, epochChange: undefined };
  return outcomesOf(free, model, gateway, command).map(({ next, what, done }) => ({
    by,
    step: 'setEpoch',
    what: done ? `epoch ${epoch}, ON` : `${what}; rolls back`,
    next: done ? { ...next, turn, offFor: 0, runIds: [...state.runIds, runId] } : next,
  }));
}

/** Time passes for all that is measured. Whatever is to happen before something is too old happens before this. */
function pass(state: State, { scenario }: Model): Move[] {
  const { life } = scenario;
  const older = (process: Process | undefined): Process | undefined => process && grow(process, life);
  const processes = state.processes.map(older);
  const saved = older(state.saved);
  const offFor =
    isOn(state.turn) || state.offFor === NONE ? state.offFor : Math.min(state.offFor + 1, life + 1);
  const { epochChange: change } = state;
  const waits = change?.is === 'fence' && !change.committed && change.age <= life;
  const epochChange = waits ? { ...change, age: change.age + 1 } : change;
  const next = { ...state, processes, saved, offFor, epochChange };
  return [{ by: 'time', step: 'pass', what: '', next }];
}

/** What a read returns must not be older than what had returned when it was invoked. */
function returnRead(state: State, index: number, read: Read, version: number): State {
  const next = putRead(state, index, read.at === 'done' ? RETURNED : { ...read, returned: true, floor: 0 });
  const position = 2 * version + 1;
  const before = read.floor % 2 === 0 ? 'was acknowledged' : 'had been read';
  const violation = `a read returned version ${version} after version ${Math.floor(read.floor / 2)} ${before}`;
  return {
    ...next,
    returned: Math.max(state.returned, position),
    violation: position < read.floor ? violation : state.violation,
  };
}

function commandOf(step: Command['step'], index: number, { attempt, epoch, version }: Write): Command {
  return { step, epoch, token: 10 + 10 * index + attempt, version };
}

function hasWriters({ writes }: State, { rules }: Model): boolean {
  return rules.shareLock && writes.some(isInTransaction);
}

/** Whether a fence or a `turnOn` holds the epoch's row. */
function holdsEpoch({ epochChange }: State): boolean {
  return epochChange !== undefined && !(epochChange.is === 'fence' && epochChange.committed);
}
