import type { Knex } from 'knex';
import type { JobFilter } from '../../../src/ports.ts';
import { matchWords, wordsOf } from '../match-jobs.ts';
import { keyOf, levelOf, type Word } from './words.ts';

/**
 * The combinations of these words that jobs which match have, and maybe some that no job has any more.
 * @param words of a level that is kept
 */
export function combinationsOf(db: Knex, words: readonly Word[], filter: JobFilter): Knex.QueryBuilder {
  const columns = [...words];
  const [counted, waiting] = placesOf(db, words, filter);
  return counted.select(columns).union(waiting.select(columns));
}

/** Whether there are others than these, as a column. */
export function othersThan(
  db: Knex,
  words: readonly Word[],
  filter: JobFilter,
  combinations: readonly Readonly<Record<Word, string>>[],
): Knex.Raw {
  const asked = wordsOf(filter);
  const open = words.filter((word) => asked.get(word)?.length !== 1);
  const told = open.length > 0 ? open : words;
  const known = combinations.map((each) => told.map((word) => each[word]));
  const others = placesOf(db, words, filter).map((place) =>
    place.select(db.raw('1')).whereNotIn([...told], known),
  );
  return db.raw('(exists ? or exists ?) as others', others);
}

/** Those that are not folded yet stand among the deltas. */
function placesOf(
  db: Knex,
  words: readonly Word[],
  filter: JobFilter,
): readonly [counted: Knex.QueryBuilder, waiting: Knex.QueryBuilder] {
  const counted = db('job_counts').where(keyOf(levelOf(words)));
  return [matchWords(counted, filter), matchWords(db('job_count_deltas'), filter)];
}
