/** Turns are measured no more often than this, in ms: each measured one costs an additional turn. */
const PAUSE = 5;

/**
 * Measures how long turns of the event loop take while there are calls; where there are none, it does nothing.
 * @param tell is told of a turn, in ms, and what time it is then
 * @param besides how much time was spent so far on what does not count, in ms
 * @returns to be called with each call, and the time
 */
export function createTurnProbe(
  tell: (took: number, now: number) => void,
  besides: () => number = () => 0,
): (now: number) => void {
  let next = 0;
  return (now) => {
    if (now < next) return;
    next = Infinity;
    // While an immediate is waiting, the loop does not stop to wait for anything: from one to the next is work alone.
    setImmediate(() => {
      const began = performance.now();
      const before = besides();
      setImmediate(() => {
        const ended = performance.now();
        next = ended + PAUSE;
        tell(ended - began - (besides() - before), ended);
      });
    });
  };
}
