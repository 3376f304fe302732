import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE = 15_000;

/**
 * Asks again and again until the answer is true.
 * @param pause between two questions, in ms
 * @throws Error that names what never became true
 */
export async function eventually(
  what: string,
  holds: () => Promise<boolean> | boolean,
  pause = 10,
): Promise<void> {
  const until = performance.now() + PATIENCE;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`it never became true that ${what}`);
    await sleep(pause);
  }
}
