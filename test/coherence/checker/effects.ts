import type { Truth, Violation } from './history.ts';

/**
 * A request with a key has one effect, however often it was sent.
 * @param effects by key: the jobs that answers named, and those that the database has of it
 */
export function findDoubled(effects: ReadonlyMap<string, ReadonlySet<string>>): Violation[] {
  return [...effects].flatMap(([key, jobs]): Violation[] =>
    jobs.size > 1 ? [{ what: 'doubled', against: `the key ${key} created ${[...jobs].join(', ')}` }] : [],
  );
}

/** One change of several subjects. */
export interface Group {
  readonly subjects: readonly string[];
  /** The word that it carried. */
  readonly mark: string;
}

/** A change of several happens to all or to none, acknowledged or not. */
export function findHalved(groups: readonly Group[], truth: Truth): Violation[] {
  return groups.flatMap(({ subjects, mark }): Violation[] => {
    const changed = subjects.filter((subject) =>
      [...(truth.get(subject)?.values() ?? [])].some(({ by }) => by === mark),
    );
    if (changed.length === 0 || changed.length === subjects.length) return [];
    const against = `of ${subjects.join(', ')} only ${changed.join(', ')} became ${mark}`;
    return [{ what: 'halved', against }];
  });
}
