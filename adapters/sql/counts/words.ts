/** The columns that a job is counted by. All else of it, and hidden jobs, do not count. */
export const WORDS = ['owner', 'job_type', 'job_action', 'status', 'pre_status'] as const;
export type Word = (typeof WORDS)[number];

/**
 * Which of the words a row of `job_counts` is about, a bit for each in the order of {@link WORDS}; it counts the jobs
 * that have these, whatever the others are.
 */
export type Level = number;

export const levelOf = (words: readonly Word[]): Level =>
  words.reduce((level, word) => level | (1 << WORDS.indexOf(word)), 0);

export const wordsIn = (level: Level): readonly Word[] => WORDS.filter((_, index) => level & (1 << index));

export const EVERY_WORD = levelOf(WORDS);
export const OWNER = levelOf(['owner']);
export const EVERY_WORD_BUT_OWNER = EVERY_WORD & ~OWNER;

/**
 * The levels that are kept: without an owner all there are, since few different words are in use; with an owner it
 * alone, and all words together. What an owner has of a status is the sum over a few rows.
 */
export const LEVELS: readonly Level[] = [
  ...Array.from({ length: 1 << WORDS.length }, (_, level) => level).filter((level) => !(level & OWNER)),
  OWNER,
  EVERY_WORD,
];

export const isKept = (level: Level): boolean => LEVELS.includes(level);

/** The level whose rows add up to what a filter of these words matches. */
export function levelFor(filtered: Level): Level {
  return !(filtered & OWNER) || filtered === OWNER ? filtered : EVERY_WORD;
}

/** What tells the rows of a level by their key: the words that they are not about are empty. */
export function keyOf(level: Level): Readonly<Record<string, string | number>> {
  const others = wordsIn(EVERY_WORD & ~level);
  return { level, ...Object.fromEntries(others.map((word) => [word, ''])) };
}
