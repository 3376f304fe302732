import { decodeAccount, encodeAccount, type Account } from '../accounts/account.ts';
import type { JobFaces, JobView } from '../jobs/job-view.ts';
import type { Job } from '../jobs/job.ts';
import type { AccountStore, JobStore, RowKey, Snapshot } from '../ports.ts';
import type { EntryValue, LedgerTx } from './ports.ts';

/** What the protocol must know of a kind of row to keep it in the cache. `Seen` is what readers are given. */
export interface EntryKind<Row, Seen> {
  readonly kind: RowKey['kind'];
  /** The rows, and the epoch, in one consistent read of the primary. */
  load(ids: readonly string[]): Promise<Snapshot<Row>>;
  /** The row as a change sees it, inside its transaction. */
  loadIn(tx: LedgerTx, id: string): Promise<Row | undefined>;
  /** The entry of a row; undefined where it is too large to be worth caching. */
  encode(row: Row): EntryValue | undefined;
  /** Undefined where another version of the program wrote the entry. */
  decode(value: EntryValue): Seen | undefined;
  see(row: Row): Seen;
}

export interface EntryKinds {
  readonly job: EntryKind<Job, JobView>;
  readonly account: EntryKind<Account, Account>;
  /** Not a row, but which job is the newest of a scope. */
  readonly newest: {
    load: JobStore['newest'];
    encode(job: Job): EntryValue;
    /** The job's id. */
    decode(value: EntryValue): string;
  };
}

/** Larger entries would cost Redis and the network more than the database is spared; in bytes. */
const LARGEST_ENTRY = 128 * 1024;
/** Nobody compares two answers to which job is the newest: it is never published. */
const NO_VERSION = 0;

export function createEntryKinds(jobs: JobStore, accounts: AccountStore, faces: JobFaces): EntryKinds {
  return {
    job: {
      kind: 'job',
      load: (ids) => jobs.read(ids),
      loadIn: (tx, id) => tx.job(id),
      encode: (job) => {
        const body = faces.encode(job);
        return body.length > LARGEST_ENTRY ? undefined : { version: job.version, body };
      },
      decode: once(({ version, body }) => faces.decode(version, body)),
      see: (job) => faces.view(job),
    },
    account: {
      kind: 'account',
      load: (ids) => accounts.read(ids),
      loadIn: (tx, id) => tx.account(id),
      encode: (account) => ({ version: account.version, body: encodeAccount(account) }),
      decode: once(({ version, body }) => decodeAccount(version, body)),
      see: (account) => account,
    },
    newest: {
      load: (scope) => jobs.newest(scope),
      encode: ({ jobId }) => ({ version: NO_VERSION, body: Buffer.from(jobId) }),
      decode: once(({ body }) => body.toString('latin1')),
    },
  };
}

/** Makes of a value what it shows, once for all who are given it. */
function once<Seen>(decode: (value: EntryValue) => Seen): (value: EntryValue) => Seen {
  return (value) => (value.seen ??= decode(value)) as Seen;
}
