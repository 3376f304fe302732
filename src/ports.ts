import type { AccessKeyStatus } from '../schemas/access-key.ts';
import type { Role } from '../schemas/user.ts';
import type { StoredAccessKey } from './accounts/access-key.ts';
import type { Account } from './accounts/account.ts';
import type { PasswordKey } from './accounts/password-key.ts';
import type { SecretBox } from './accounts/secret-box.ts';
import type { Job } from './jobs/job.ts';
import type { JobFaces } from './jobs/job-view.ts';

/** What the operations ask of the outside. Each port has one suite of tests, run on every implementation. */
export interface Ports {
  readonly jobs: JobStore;
  readonly accounts: AccountStore;
  readonly changes: Changes;
  readonly passwords: Passwords;
  readonly attempts: AttemptLimiter;
  /** Undefined: access keys can be neither made nor used. */
  readonly secretBox: SecretBox | undefined;
  /** Undefined: passwords cannot be encrypted for this gateway. */
  readonly passwordKey: PasswordKey | undefined;
  readonly faces: JobFaces;
  readonly clock: Clock;
  readonly tokenLife: number;
}

/** Milliseconds since 1970 in UTC. */
export type Clock = () => number;

/** A filter of jobs: each list means any of its words; absent means any. Times are exclusive bounds, in ms. */
export interface JobFilter {
  readonly jobIds?: readonly string[];
  readonly jobAction?: readonly string[];
  readonly jobType?: readonly string[];
  readonly owner?: readonly string[];
  readonly status?: readonly string[];
  readonly preStatus?: readonly string[];
  readonly createdAfter?: number;
  readonly createdBefore?: number;
}

/** The order of a list; equal times are ordered by id, the same way round. */
export interface JobOrder {
  readonly by: 'createTime' | 'updateTime';
  readonly descending: boolean;
}

export interface JobPage {
  readonly offset: number;
  readonly limit: number;
  /** Only jobs that come after this place in the order. */
  readonly after?: { readonly time: number; readonly jobId: string };
}

/** Jobs in the database that is the truth: every answer is the state that is committed now. */
export interface JobStore {
  /** The jobs with these ids, and the epoch, in one consistent read. */
  read(jobIds: readonly string[]): Promise<Snapshot<Job>>;
  list(filter: JobFilter, order: JobOrder, page: JobPage): Promise<readonly Job[]>;
  /** How many jobs the filter matches, exactly. */
  count(filter: JobFilter): Promise<number>;
  /** The newest job by creation (ties: the higher id) that the filter matches. */
  latest(filter: Pick<JobFilter, 'jobType' | 'owner'>): Promise<Job | undefined>;
  /** Every change of a job, oldest first. */
  timeline(jobId: string): Promise<readonly JobEvent[]>;
}

/** One change of a job. */
export interface JobEvent {
  readonly version: number;
  readonly status: string;
  readonly preStatus: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Who made the change. */
  readonly userId: string;
  readonly note: string;
}

/** An answer that was given to a request with a key. */
export interface StoredAnswer {
  readonly userId: string;
  readonly key: string;
  /** What tells the request from another one. */
  readonly digest: string;
  readonly answer: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A user as stored, with what only the check of a password needs. */
export interface StoredUser extends Account {
  /** An argon2id hash in PHC form. */
  readonly passwordHash: string;
  readonly createTime: number;
}

/** A token as stored: never the token, only its SHA-256. */
export interface StoredToken {
  readonly digest: string;
  readonly userId: string;
  /** Milliseconds since 1970. */
  readonly expireTime: number;
}

export interface AccountStore {
  /** The accounts of these users, and the epoch, in one consistent read. */
  read(userIds: readonly string[]): Promise<Snapshot<Account>>;
  findUser(userId: string): Promise<StoredUser | undefined>;
  listUsers(): Promise<readonly StoredUser[]>;
  /** False where a user of this id exists. */
  addUser(user: { userId: string; role: Role; passwordHash: string; createTime: number }): Promise<boolean>;
  countUsers(): Promise<number>;
  /** The token with its user's account version, as one consistent read. */
  findToken(digest: string): Promise<(StoredToken & { readonly version: number }) | undefined>;
  /**
   * Stores a token if the account still has the version at which the password was judged; false where it
   * changed meanwhile. Removes the user's expired tokens on the way.
   */
  addToken(token: StoredToken, version: number, now: number): Promise<boolean>;
  /** The access key with its owner's account version, as one consistent read. */
  findKey(accessKeyId: string): Promise<(StoredAccessKey & { readonly version: number }) | undefined>;
  /** The access keys of one user, or of all, oldest first. */
  listKeys(owner?: string): Promise<readonly StoredAccessKey[]>;
  /** Writes down when keys were used last, in ms since 1970; a use that is not later than the present one does not count. */
  noteKeyUses(uses: ReadonlyMap<string, number>): Promise<void>;
  /** Stores the secret as sealed anew, unless it is not `before` any more. */
  resealKey(accessKeyId: string, before: string, sealedSecret: string): Promise<boolean>;
  /** Forgets signed calls that had expired by this time, in ms since 1970. */
  forgetSigned(now: number): Promise<void>;
}

/** What one consistent read of the database found: the epoch's row as it was then, and rows by id. */
export interface Snapshot<Row> {
  readonly epoch: EpochState;
  readonly rows: ReadonlyMap<string, Row>;
}

/** The one row that says whether and with which Redis process the cache is in use. */
export interface EpochState {
  readonly epoch: number;
  readonly on: boolean;
  /** The run id of the only Redis process whose values may be used. */
  readonly runId: string;
  /** Milliseconds since the cache was turned off, by the database's clock; 0 while on. */
  readonly offFor: number;
  /** T: no instance gives an entry a longer life, in ms. What waits for old entries to die waits by this one. */
  readonly ttl: number;
}

/** A row that has an entry in the cache. */
export interface EntryKey {
  readonly kind: 'job' | 'account';
  readonly id: string;
}

/** Changes of rows that have entries in the cache: no reader sees an older state once the promise is kept. */
export interface Changes {
  /**
   * Runs `work` on the locked rows and makes its effect visible to every reader on every instance.
   * `work` may run more than once and must do nothing outside `tx`.
   * @param keys every row that `work` may change, in the order in which all changes lock them
   * @throws Refusal `unavailable` where the database is away, or the change cannot be made safely now.
   */
  change<Result>(keys: readonly EntryKey[], work: (tx: ChangeTx) => Promise<Result>): Promise<Result>;
}

/** What a change may do to the database, inside its transaction. */
export interface ChangeTx {
  /** The job as locked; undefined where there is none that a reader may see. */
  job(jobId: string): Promise<Job | undefined>;
  insertJob(job: Job): Promise<void>;
  /** Stores the job as it is now, its next version with it. */
  updateJob(job: Job): Promise<void>;
  /** Keeps the row, and keeps it from every reader. */
  hideJob(jobId: string): Promise<void>;
  addEvent(event: { readonly job: Job; readonly userId: string; readonly note: string }): Promise<void>;
  /** The answer that was stored for a key since then. */
  recall(userId: string, key: string, since: number): Promise<StoredAnswer | undefined>;
  /** Stores an answer, and forgets the user's older than `since`. @throws KeyTaken where the key has an answer by now */
  remember(stored: StoredAnswer, since: number): Promise<void>;

  /** The account as locked, or undefined where there is none. Changes of accounts raise its version. */
  account(userId: string): Promise<Account | undefined>;
  updateAccount(
    userId: string,
    change: { role?: Role; active?: boolean; passwordHash?: string },
  ): Promise<void>;
  /** Removes tokens of a user: one, or all. */
  removeTokens(userId: string, digest?: string): Promise<void>;

  /** The access keys of a user whose account is locked. */
  keysOf(owner: string): Promise<readonly StoredAccessKey[]>;
  insertKey(key: StoredAccessKey): Promise<void>;
  /** Changes a key, and raises the version of its owner's account. */
  updateKey(
    key: StoredAccessKey,
    change: { accessKeyName?: string; status?: AccessKeyStatus },
  ): Promise<void>;
  /** Removes a key, and raises the version of its owner's account. */
  removeKey(key: StoredAccessKey): Promise<void>;

  /** What a signed call came to that was carried out before, as JSON. */
  recallSigned(digest: string): Promise<string | undefined>;
  /** @throws KeyTaken where the same call was carried out meanwhile */
  rememberSigned(call: SignedCall): Promise<void>;
}

/** A signed call that was carried out, with what it came to. */
export interface SignedCall {
  readonly digest: string;
  readonly userId: string;
  /** JSON. */
  readonly answer: string;
  /** When its signature has surely expired, in ms since 1970. */
  readonly expireTime: number;
}

export interface Passwords {
  /** An argon2id hash in PHC form. */
  hash(password: string): Promise<string>;
  /**
   * Judges a password against a hash; without a hash it takes the same time and answers false.
   * @throws Refusal `unavailable` where more are waiting than are worth waiting for.
   */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/** Counts failed attempts to prove who one is, per user at an address and per address. */
export interface AttemptLimiter {
  /** @throws Refusal `rate_limited` with the seconds to wait, where too many failed. */
  admit(userId: string, address: string): Promise<void>;
  failed(userId: string, address: string): Promise<void>;
  succeeded(userId: string, address: string): Promise<void>;
}

/** A place for what operators should know. Values of callers and secrets do not belong in it. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
