/** Longer turns of the event loop than this mean that calls wait for each other; in ms. A new call waits about two. */
const TURN_MOST = 20;
/** So many calls are always let in: where each takes long, fewer would leave the process idle. nginx gives no more. */
export const CALLS_ALWAYS = 64;
/** Turns are judged together for so long, in ms, so that one collection of garbage is not taken for load. */
const WINDOW = 50;
const TURNS_LEAST = 3;
/** How fast the limit rises with each window of short turns, and at the most at once; how far it falls with long turns. */
const RISE = 1.1;
const RISE_MOST = 2;
const FALL_MOST = 0.5;
const FALL_LEAST = 0.95;

/** How many calls may be under way at once: as many as keep the turns of the event loop short. */
export interface CallLimit {
  readonly present: number;
  /**
   * Takes note of a turn.
   * @param took how long it took, in ms
   * @param underWay the calls that were under way
   * @param now in ms
   */
  turned(took: number, underWay: number, now: number): void;
}

/**
 * The limit rises by and by while turns are short, whether or not it is met, and falls below the calls that were under
 * way when they were long. So it finds what this machine can carry now, and forgets it soon.
 * @param most the limit never rises above it
 */
export function createCallLimit(most: number): CallLimit {
  const least = Math.min(CALLS_ALWAYS, most);
  let present = most;
  let turns: number[] = [];
  let peak = 0;
  let judged = 0;

  return {
    get present() {
      return present;
    },
    turned(took, underWay, now) {
      turns.push(took);
      peak = Math.max(peak, underWay);
      if (now - judged < WINDOW || turns.length < TURNS_LEAST) return;
      const usual = turns.toSorted((a, b) => a - b)[turns.length >> 1] as number;
      present = usual > TURN_MOST ? fallen(usual) : risen((now - judged) / WINDOW);
      turns = [];
      peak = 0;
      judged = now;
    },
  };

  function risen(windows: number): number {
    return Math.min(most, Math.ceil(present * Math.min(RISE ** windows, RISE_MOST)));
  }

  function fallen(usual: number): number {
    const share = Math.min(FALL_LEAST, Math.max(FALL_MOST, TURN_MOST / usual));
    return Math.max(least, Math.floor(Math.min(present, peak) * share));
  }
}
