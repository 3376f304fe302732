import { randomUUID } from 'node:crypto';
import type { Account } from '../accounts/account.ts';
import type { JobView } from '../jobs/job-view.ts';
import type { EntryKey, EpochState, Snapshot } from '../ports.ts';
import type { LeftBlock } from './change.ts';
import type { EntryKind, EntryKinds } from './entry-kinds.ts';
import type { EpochKeeper } from './epoch-keeper.ts';
import { joinLoads } from './load-together.ts';
import type { EntryCache, EntryValue } from './ports.ts';
import type { Watch } from './steps.ts';

/** What became of one look-up, for the metrics. */
export type ReadOutcome = 'hit' | 'miss' | 'blocked' | 'bypass';

/** What reads are made of. */
export interface LookUpParts {
  readonly cache: EntryCache;
  readonly keeper: EpochKeeper;
  readonly kinds: EntryKinds;
  /** Called for a block that no living writer can hold. */
  readonly repair: (left: LeftBlock) => void;
  readonly count?: (kind: EntryKey['kind'], outcome: ReadOutcome) => void;
  readonly watch?: Watch;
}

/**
 * @param name what is looked for: reads of the same name find the same, whatever entries they fill
 * @param keys the entries that the cache could not tell
 * @param epoch undefined: the cache may not be used
 * @param ask one consistent read of rows and epoch
 */
export type SharedLoad<Found, Seen> = (
  name: string,
  keys: readonly EntryKey[],
  epoch: number | undefined,
  ask: (keys: readonly EntryKey[]) => Promise<Found>,
) => Promise<Seen>;

/** The steps of a read. */
export interface LookUp {
  /** The values that stand in the cache; undefined where it did not answer, and should not be asked for leases either. */
  get(epoch: number, keys: readonly EntryKey[]): Promise<readonly (EntryValue | undefined)[] | undefined>;
  /**
   * Makes what reads the database, leaves in the cache what it holds the lease for, and serves several at once by one read.
   * @param valueOf what of the rows that were found belongs into an entry; undefined: nothing
   * @param see what its readers are given
   */
  share<Found extends { readonly epoch: EpochState }, Seen>(
    valueOf: (found: Found, key: EntryKey) => EntryValue | undefined,
    see: (found: Found) => Seen,
  ): SharedLoad<Found, Seen>;
  /** Rows by id, shared; it may answer more of them than were asked for. */
  loadJobs(ids: readonly string[], epoch: number | undefined): Promise<ReadonlyMap<string, JobView>>;
  loadAccounts(ids: readonly string[], epoch: number | undefined): Promise<ReadonlyMap<string, Account>>;
  /** What an entry shows; undefined where there is none, or where another version of the program wrote it. */
  decode<Row, Seen>(kind: EntryKind<Row, Seen>, value: EntryValue | undefined): Seen | undefined;
}

/** A block that has stood longer than any transaction may last was left behind by a writer that died; in ms. */
const OLDEST_LIVE_BLOCK = 8_000;

export function createLookUp({
  cache,
  keeper,
  kinds,
  repair,
  count = () => {},
  watch = () => {},
}: LookUpParts): LookUp {
  /** Asks for a lease; a cache that does not answer gives none. */
  const lease = async (epoch: number, key: EntryKey, token: string): Promise<boolean> => {
    const answer = await cache.lease(epoch, key, token).catch(() => ({ is: 'no-epoch' }) as const);
    count(key.kind, answer.is === 'blocked' ? 'blocked' : 'miss');
    if (answer.is === 'blocked' && answer.age > OLDEST_LIVE_BLOCK)
      repair({ epoch, key, token: answer.token });
    return answer.is === 'lease';
  };

  const answered = <Values>(values: Values): Values => {
    watch('after get');
    return values;
  };

  const load = async <Found extends { readonly epoch: EpochState }>(
    keys: readonly EntryKey[],
    epoch: number | undefined,
    ask: () => Promise<Found>,
    valueOf: (found: Found, key: EntryKey) => EntryValue | undefined,
  ): Promise<Found> => {
    const token = randomUUID();
    const leased: EntryKey[] = [];
    if (epoch !== undefined) {
      // The lease comes before the read: a write in between takes it away, and the fill then does nothing.
      const asked = keys.map(async (key) => {
        if (await lease(epoch, key, token)) leased.push(key);
      });
      await Promise.all(asked);
      watch('after lease');
    } else {
      for (const { kind } of keys) count(kind, 'bypass');
    }
    const found = await ask();
    watch('after load');
    keeper.observe(found.epoch);
    if (!found.epoch.on || found.epoch.epoch !== epoch) return found;
    for (const key of leased) {
      const value = valueOf(found, key);
      // The reader need not wait: a fill that is late or lost changes nothing that anyone relies on.
      if (value) cache.fill(epoch, key, token, value).catch(() => {});
    }
    return found;
  };

  const share: LookUp['share'] = <Found extends { readonly epoch: EpochState }, Seen>(
    valueOf: (found: Found, key: EntryKey) => EntryValue | undefined,
    see: (found: Found) => Seen,
  ): SharedLoad<Found, Seen> => {
    const join = joinLoads<Seen>((keys, epoch) => {
      for (const { kind } of keys) count(kind, epoch === undefined ? 'bypass' : 'miss');
    });
    return (name, wanted, epoch, ask) =>
      join(name, wanted, epoch, async (keys, sent) => {
        const send = (): Promise<Found> => {
          sent();
          return ask(keys);
        };
        return see(await load(keys, epoch, send, valueOf));
      });
  };

  const shareRows = <Row, Seen>(
    kind: EntryKind<Row, Seen>,
  ): ((ids: readonly string[], epoch: number | undefined) => Promise<ReadonlyMap<string, Seen>>) => {
    const shared = share<Snapshot<Row>, ReadonlyMap<string, Seen>>(
      ({ rows }, { id }) => {
        const row = rows.get(id);
        return row === undefined ? undefined : kind.encode(row);
      },
      ({ rows }) => new Map([...rows].map(([id, row]) => [id, kind.see(row)])),
    );
    const ask = (keys: readonly EntryKey[]): Promise<Snapshot<Row>> => kind.load(keys.map(({ id }) => id));
    return (ids, epoch) => {
      const keys = ids.map((id) => ({ kind: kind.kind, id }));
      return shared(kind.kind, keys, epoch, ask);
    };
  };

  return {
    // Who asked a cache that does not answer has waited long enough. No `await`: every cached read passes here.
    get: (epoch, keys) => cache.get(epoch, keys).then(answered, () => undefined),
    share,
    loadJobs: shareRows(kinds.job),
    loadAccounts: shareRows(kinds.account),
    decode(kind, value) {
      const seen = value && kind.decode(value);
      if (seen !== undefined) count(kind.kind, 'hit');
      return seen;
    },
  };
}
