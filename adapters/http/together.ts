/**
 * Saves up work until the event loop comes round, and then does all of it in a row. Answers that leave so wake the one
 * who waits for them once: it is at work with the first while the others are written.
 * @param fails is told what the work threw, which keeps none of the others from being done
 */
export function together<Work>(
  work: (each: Work) => void,
  fails: (each: Work, cause: unknown) => void,
): (each: Work) => void {
  let saved: Work[] = [];
  const flush = (): void => {
    const all = saved;
    saved = [];
    for (const each of all) {
      try {
        work(each);
      } catch (cause) {
        fails(each, cause);
      }
    }
  };
  return (each) => {
    if (saved.length === 0) setImmediate(flush);
    saved.push(each);
  };
}
