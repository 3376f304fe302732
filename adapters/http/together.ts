import type { Log } from '../../src/ports.ts';
import type { TrackedResponse } from './tracked-response.ts';

/**
 * Saves up answers until the event loop comes round, and then sends all of them in a row. Answers that leave so wake the one
 * who waits for them once: it is at work with the first while the others are written.
 * @param send what it throws keeps none of the others from being sent
 */
export function together<Answer extends { readonly response: TrackedResponse }>(
  log: Log,
  send: (each: Answer) => void,
): (each: Answer) => void {
  let saved: Answer[] = [];
  const flush = (): void => {
    const all = saved;
    saved = [];
    for (const each of all) {
      try {
        send(each);
      } catch (cause) {
        log.error({ cause }, 'an answer could not be sent');
        each.response.destroy();
      }
    }
  };
  return (each) => {
    if (saved.length === 0) setImmediate(flush);
    saved.push(each);
  };
}
