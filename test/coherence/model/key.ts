import { NONE, type Entry, type Model, type Process, type Scenario, type State } from './state.ts';

const ROW = { missing: 0, shown: 1, hidden: 2 };
const STEP = { lease: 0, fill: 1, block: 2, publish: 3, abort: 4, setEpoch: 5 };
const READ = { get: 0, lease: 1, load: 2, fill: 3, done: 4 };
const WRITE = {
  lock: 0,
  block: 1,
  change: 2,
  changeOff: 3,
  publish: 4,
  abort: 5,
  fence: 6,
  decide: 7,
  abortThenDecide: 8,
  done: 9,
};

const bytes = Buffer.alloc(512);
let length = 0;

/** NONE becomes 0. */
function add(number: number): void {
  bytes[length++] = number + 1;
}

/**
 * The state as a short string: two states have one key if nothing that can still happen tells them apart. So what
 * nobody can read any more is left out: entries of an epoch that no coming read can be in, the token of a block
 * whose writer is gone, a lease whose reader is gone, what a gateway without coming reads knows of the epoch.
 */
export function keyOf(state: State, { rules, scenario }: Model): string {
  length = 0;
  const { views, reads, runIds, epochChange, late, saved } = state;
  add(state.version);
  add(ROW[state.row]);
  add(state.rowLock);
  add(state.turn);
  add(state.offFor);
  add(state.returned);
  add(state.faultsLeft);
  for (const runId of runIds) add(runId);
  for (const process of state.connections) add(process);

  let oldestView = state.turn;
  for (let gateway = 0; gateway < views.length; gateway++) {
    const view = hasComing(state, gateway) ? views[gateway]! : NONE;
    if (view !== NONE && view < oldestView) oldestView = view;
    add(view);
  }

  if (epochChange?.is === 'fence') {
    add(1);
    add(epochChange.age);
    add(Number(epochChange.committed));
  } else if (epochChange) {
    add(2);
    add(epochChange.gateway);
    add(epochChange.runId);
  } else {
    add(0);
  }

  if (late && state.processes[late.process]) {
    add(1 + STEP[late.step]);
    add(late.process);
    add(late.epoch);
    add(late.token);
    add(late.version);
  } else {
    add(0);
  }

  for (let runId = 0; runId < state.processes.length; runId++) {
    const process = state.processes[runId];
    addProcess(state, process, scenario.entry, (place) => {
      if (!rules.runIdCompared || !rules.epochInKey) return true;
      const inUse = runIds[place - 1] === undefined || runIds[place - 1] === runId;
      return inUse && 2 * (place - 1) >= oldestView;
    });
  }
  // Old data comes back under a run id that nobody has registered.
  const matters = !rules.runIdCompared || !rules.epochInKey || scenario.faults.includes('taken back');
  addProcess(state, state.faultsLeft > 0 ? saved : undefined, scenario.entry, () => matters);

  for (const { at, epoch, floor, version } of reads) {
    add(READ[at]);
    if (at === 'done') continue;
    add(epoch);
    add(floor);
    add(version);
  }
  for (const { at, attempt, epoch, version } of state.writes) {
    add(WRITE[at]);
    if (at === 'done') continue;
    add(attempt);
    add(epoch);
    add(version);
  }
  return bytes.toString('latin1', 0, length);
}

/** Whether a read through this gateway is still to be invoked. */
function hasComing({ reads }: State, gateway: number): boolean {
  return reads.some((read) => read.at === 'get' && read.gateway === gateway);
}

function addProcess(
  state: State,
  process: Process | undefined,
  of: Scenario['entry'],
  matters: (place: number) => boolean,
): void {
  if (!process) {
    add(NONE);
    return;
  }
  add(process.epoch);
  for (let place = 0; place < process.entries.length; place++) {
    const entry = process.entries[place];
    if (entry && matters(place)) addEntry(state, place, entry, of);
  }
  add(NONE);
}

function addEntry(
  state: State,
  place: number,
  { kind, age, tokens, version }: Entry,
  of: Scenario['entry'],
): void {
  if (kind === 'value') {
    add(3 * place);
    add(age);
    add(version);
  } else if (kind === 'lease') {
    const [token] = tokens;
    if (state.reads[token!]?.at === 'done') return;
    add(3 * place + 1);
    add(age);
    add(token!);
  } else {
    const held = tokens.filter((token) => isHeld(state, token));
    add(3 * place + 2);
    // Only what is published counts the age of its block.
    add(held.length > 0 && of === 'job' ? age : NONE);
    add(held.length < tokens.length ? 1 : 0);
    for (const token of held) add(token);
    add(NONE);
  }
}

/** Whether anyone may still publish in place of this token's block, or take it away by its name. */
function isHeld({ writes, late }: State, token: number): boolean {
  if (late?.token === token) return true;
  if (writes.some(({ kind, at, version }) => kind === 'mend' && at === 'abort' && version === token))
    return true;
  const write = writes[Math.floor(token / 10) - 1];
  return write !== undefined && write.at !== 'done' && write.attempt === token % 10;
}
