import type { Rules } from './rules.ts';
import { UNREGISTERED, type Command, type Entry, type Model, type Process } from './state.ts';

/** What a script left behind, and whether it did what it was asked for. */
export interface Ran {
  readonly process: Process;
  readonly done: boolean;
}

/** The scripts of the cache, as `adapters/redis/scripts.ts` has them. */
export function run(process: Process, command: Command, { rules, scenario: { life, entry } }: Model): Ran {
  const { step, epoch, token, version } = command;
  const place = placeOf(rules, epoch);
  const standing = process.entries[place];
  const sameEpoch = process.epoch === epoch;
  const not: Ran = { process, done: false };

  switch (step) {
    case 'lease':
      if (!sameEpoch && rules.leaseComparesEpoch) return not;
      if (standing && standing.kind !== 'lease') return not;
      return put(process, place, { kind: 'lease', age: 0, tokens: [token], version: 0 });

    case 'fill': {
      if (!sameEpoch && rules.fillComparesCacheEpoch) return not;
      const own = standing?.kind === 'lease' && standing.tokens.includes(token);
      if (!own && rules.fillComparesToken && rules.leaseTaken) return not;
      const age = rules.fillKeepsLife ? (standing?.age ?? 0) : 0;
      return put(process, place, { kind: 'value', age, tokens: [], version });
    }

    case 'block': {
      if (!sameEpoch && rules.blockComparesEpoch) return not;
      const joins = entry === 'newest' && rules.blocksShared && standing?.kind === 'block';
      const tokens = joins ? [...standing.tokens, token] : [token];
      return put(process, place, { kind: 'block', age: 0, tokens, version: 0 });
    }

    case 'publish': {
      if (!sameEpoch && rules.publishComparesEpoch) return not;
      const own = standing?.kind === 'block' && standing.tokens.includes(token);
      if (own || !rules.publishComparesToken) {
        const age = rules.publishCountsLife ? (standing?.age ?? 0) : 0;
        return put(process, place, age > life ? undefined : { kind: 'value', age, tokens: [], version });
      }
      const older = standing?.kind === 'lease' || (standing?.kind === 'value' && standing.version < version);
      return older && rules.publishRemovesOlder ? put(process, place, undefined) : not;
    }

    case 'abort': {
      const own = standing?.kind === 'block' && standing.tokens.includes(token);
      if (!own && rules.abortComparesToken) return not;
      const others = standing?.tokens.filter((other) => other !== token) ?? [];
      const stays = own && others.length > 0 && rules.abortLeavesOthers;
      return put(process, place, stays ? { ...standing, tokens: others } : undefined);
    }

    case 'setEpoch':
      if (epoch === UNREGISTERED) return { process: { ...process, epoch }, done: true };
      if (epoch <= process.epoch && rules.setEpochOnlyRaises)
        return { process, done: epoch === process.epoch };
      return { process: { ...process, epoch }, done: true };
  }
}

function put(process: Process, place: number, entry: Entry | undefined): Ran {
  return { process: putEntry(process, place, entry), done: true };
}

/** The value that `get` finds. */
export function valueIn(process: Process | undefined, rules: Rules, epoch: number): Entry | undefined {
  const standing = process?.entries[placeOf(rules, epoch)];
  return standing?.kind === 'value' ? standing : undefined;
}

/** Time passes: values and leases older than T are gone, blocks stay. */
export function grow(process: Process, life: number): Process {
  if (process.entries.every((entry) => !entry)) return process;
  return process.entries.reduce((grown, entry, place) => {
    if (!entry) return grown;
    const age = Math.min(entry.age + 1, life + 1);
    return putEntry(grown, place, age > life && entry.kind !== 'block' ? undefined : { ...entry, age });
  }, process);
}

function putEntry(process: Process, place: number, entry: Entry | undefined): Process {
  const entries = [...process.entries];
  while (entries.length <= place) entries.push(undefined);
  entries[place] = entry;
  while (entries.length > 0 && !entries.at(-1)) entries.pop();
  return { ...process, entries };
}

function placeOf(rules: Rules, epoch: number): number {
  return rules.epochInKey ? epoch : 0;
}
