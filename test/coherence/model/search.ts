import { faults, findStaleValue } from './faults.ts';
import { keyOf } from './key.ts';
import { firstState, type Model, type Move, type State } from './state.ts';
import { steps } from './steps.ts';

export interface Found {
  /** States that differ. */
  readonly states: number;
  /** How often each step was taken. */
  readonly taken: ReadonlyMap<string, number>;
  /** Undefined where every run keeps the promise. */
  readonly violation: string | undefined;
  /** The shortest run that leads to it, one step a line. */
  readonly run: readonly string[];
  /** False where the search was given up. */
  readonly complete: boolean;
}

export interface SearchOptions {
  /** Also looks for values in the cache that nobody has read yet. */
  readonly inside?: boolean;
  readonly statesAtMost?: number;
}

/** Looks at every state that a run may come to, the shortest runs first. */
export function search(model: Model, { inside = false, statesAtMost = Infinity }: SearchOptions = {}): Found {
  const first = firstState(model.scenario);
  const known = new Set([keyOf(first, model)]);
  const taken = new Map<string, number>();
  // By state in the order of finding: where it was come from, and by which of the moves that were possible there.
  const from: number[] = [0];
  const which: number[] = [0];
  let level: { state: State; at: number }[] = [{ state: first, at: 0 }];

  while (level.length > 0) {
    const following: typeof level = [];
    for (const { state, at } of level) {
      const moves = movesOf(state, model);
      for (let choice = 0; choice < moves.length; choice++) {
        const { next, step } = moves[choice]!;
        const key = keyOf(next, model);
        const violation = next.violation ?? (inside ? findStaleValue(next, model) : undefined);
        if (known.has(key) && !violation) continue;
        known.add(key);
        taken.set(step, (taken.get(step) ?? 0) + 1);
        const place = from.push(at) - 1;
        which.push(choice);
        if (violation) {
          return {
            states: known.size,
            taken,
            violation,
            run: retrace(model, from, which, place),
            complete: true,
          };
        }
        following.push({ state: next, at: place });
      }
      if (known.size > statesAtMost) {
        return { states: known.size, taken, violation: undefined, run: [], complete: false };
      }
    }
    level = following;
  }
  return { states: known.size, taken, violation: undefined, run: [], complete: true };
}

/** Once all reads have returned nobody can see anything any more. */
function movesOf(state: State, model: Model): Move[] {
  if (state.reads.every(({ returned }) => returned)) return [];
  return [...steps(state, model), ...faults(state, model)];
}

/** The run to a state, made again from the first one. */
function retrace(model: Model, from: readonly number[], which: readonly number[], place: number): string[] {
  const choices: number[] = [];
  for (let at = place; at !== 0; at = from[at]!) choices.unshift(which[at]!);
  let state = firstState(model.scenario);
  return choices.map((choice) => {
    const { by, step, what, next } = movesOf(state, model)[choice]!;
    state = next;
    return `${by}: ${step}${what ? ` (${what})` : ''}`;
  });
}
