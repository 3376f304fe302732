import type { AccessKeyStatus } from '../schemas/access-key.ts';
import type { Role } from '../schemas/user.ts';
import type { StoredAccessKey } from './accounts/access-key.ts';
import type { Account } from './accounts/account.ts';
import type { AuditEntry } from './accounts/audit.ts';
import type { PasswordKey } from './accounts/password-key.ts';
import type { SecretBox } from './accounts/secret-box.ts';
import type { RateState } from './errors.ts';
import type { Job } from './jobs/job.ts';
import type { JobRecord } from './jobs/job-record.ts';
import type { JobFaces } from './jobs/job-view.ts';
import type { JobScope } from './jobs/newest.ts';
import type { Language } from './language.ts';

/** What the operations ask of the outside. Each port has one suite of tests, run on every implementation. */
export interface Ports {
  readonly jobs: JobStore;
  readonly accounts: AccountStore;
  readonly changes: Changes;
  readonly passwords: Passwords;
  readonly attempts: AttemptLimiter;
  /** Undefined: calls are not limited. */
  readonly rates: RateLimiter | undefined;
  readonly linkRequests: LinkRequests;
  /** Undefined: no mails are sent. */
  readonly outbox: Outbox | undefined;
  /** Undefined: access keys can be neither made nor used. */
  readonly secretBox: SecretBox | undefined;
  /** Undefined: passwords cannot be encrypted for this gateway. */
  readonly passwordKey: PasswordKey | undefined;
  readonly faces: JobFaces;
  readonly clock: Clock;
  readonly tokenLife: number;
  /** Words that a protocol has a use for where the id of a user would stand: no new user gets one. */
  readonly reservedUserIds: ReadonlySet<string>;
}

/** Milliseconds since 1970 in UTC; where only the time that passes counts, since any moment. */
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

export interface JobList {
  readonly jobs: readonly Job[];
  /** How many jobs the filter matches, exactly; not how many are on the page. */
  readonly total: number;
}

/** Jobs in the database that is the truth: every answer is the state that is committed now. */
export interface JobStore {
  /** The jobs with these ids, and the epoch, in one consistent read. */
  read(jobIds: readonly string[]): Promise<Snapshot<Job>>;
  list(filter: JobFilter, order: JobOrder, page: JobPage): Promise<JobList>;
  /** The newest visible job of a scope by creation (ties: the higher id), and the epoch, in one consistent read. */
  newest(scope: JobScope): Promise<NewestJob>;
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

/** An answer that is to be stored, in place of one from before `since`. */
export interface KeyedAnswer extends StoredAnswer {
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** A user as stored, with what only the check of a password needs. */
export interface StoredUser extends Account {
  /** An argon2id hash in PHC form; undefined: no password was chosen yet, and none fits. */
  readonly passwordHash: string | undefined;
  /** Inactive, because it did not choose a password yet. */
  readonly invited: boolean;
  readonly email: string | undefined;
  /** Milliseconds since 1970. */
  readonly createTime: number;
  readonly lastLoginTime: number | undefined;
}

/** A filter of users: absent means any. */
export interface UserFilter {
  readonly userIds?: readonly string[] | undefined;
  readonly role?: Role | undefined;
  readonly active?: boolean | undefined;
}

export interface UserPage {
  readonly offset: number;
  readonly limit: number;
  /** Only users that come after this id. */
  readonly after?: string | undefined;
}

/** A token as stored: never the token, only its SHA-256. */
export interface StoredToken {
  readonly digest: string;
  readonly userId: string;
  /** Milliseconds since 1970. */
  readonly expireTime: number;
}

/** What a token that comes by mail is good for. */
export type Purpose = 'activation' | 'reset';

/** A one-time token as stored: never the token, only its SHA-256. Times are in ms since 1970. */
export interface StoredOneTimeToken {
  readonly digest: string;
  readonly purpose: Purpose;
  readonly userId: string;
  readonly createTime: number;
  readonly expireTime: number;
}

export interface AccountStore {
  /** The accounts of these users, and the epoch, in one consistent read. */
  read(userIds: readonly string[]): Promise<Snapshot<Account>>;
  findUser(userId: string): Promise<StoredUser | undefined>;
  /** The user whose address it is, however it is spelled. */
  findUserByEmail(email: string): Promise<StoredUser | undefined>;
  /** Users by id. */
  listUsers(filter: UserFilter, page: UserPage): Promise<readonly StoredUser[]>;
  countUsers(filter?: UserFilter): Promise<number>;
  /** The ids of active admins but this one, a few of them. */
  otherAdmins(userId: string, most: number): Promise<readonly string[]>;
  /** The token with its user's account version, as one consistent read. */
  findToken(digest: string): Promise<(StoredToken & { readonly version: number }) | undefined>;
  /**
   * Stores a token if the account still has the version at which the password was judged; false where it
   * changed meanwhile. Notes the time as that of the last log-in.
   */
  addToken(token: StoredToken, version: number, now: number): Promise<boolean>;
  findOneTimeToken(digest: string): Promise<StoredOneTimeToken | undefined>;
  /**
   * Stores a token that is about to be sent, if the account still has the version that told where to; false where it
   * changed meanwhile. Removes the user's of the same purpose that expired before.
   * @param answer stored together with it @throws KeyTaken where its key has an answer
   */
  addOneTimeToken(token: StoredOneTimeToken, version: number, answer?: KeyedAnswer): Promise<boolean>;
  /** The newest changes first, below an entry's number. */
  listAudit(filter: AuditFilter): Promise<readonly NumberedAuditEntry[]>;
  /** The access key with its owner's account version, as one consistent read. */
  findKey(accessKeyId: string): Promise<(StoredAccessKey & { readonly version: number }) | undefined>;
  /** The access keys of one user, or of all, oldest first. */
  listKeys(owner?: string): Promise<readonly StoredAccessKey[]>;
  /** Writes down when keys were used last, in ms since 1970; a use that is not later than the present one does not count. */
  noteKeyUses(uses: ReadonlyMap<string, number>): Promise<void>;
  /** Stores the secret as sealed anew, unless it is not `before` any more. */
  resealKey(accessKeyId: string, before: string, sealedSecret: string): Promise<boolean>;
}

/** Which entries of the audit trail are asked for. */
export interface AuditFilter {
  /** Whose account they are about. */
  readonly about?: string | undefined;
  /** Only entries with a lower number. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface NumberedAuditEntry extends AuditEntry {
  /** Rises with time. */
  readonly number: number;
}

/** What one consistent read of the database found: the epoch's row as it was then, and rows by id. */
export interface Snapshot<Row> {
  readonly epoch: EpochState;
  readonly rows: ReadonlyMap<string, Row>;
}

/** The newest job of a scope, where it has one, and the epoch that it was read in. */
export interface NewestJob {
  readonly epoch: EpochState;
  readonly job: Job | undefined;
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

/** What has an entry in the cache: a row, or the answer to which job is the newest of a scope. */
export interface EntryKey {
  readonly kind: 'job' | 'account' | 'newest';
  readonly id: string;
}

/** A row that has an entry in the cache. */
export interface RowKey extends EntryKey {
  readonly kind: 'job' | 'account';
}

/** Changes of rows that have entries in the cache: no reader sees an older state once the promise is kept. */
export interface Changes {
  /**
   * Runs `work` on the locked rows and makes its effect visible to every reader on every instance.
   * `work` may run more than once and must do nothing outside `tx`.
   * @param keys every row that `work` may change and that may have an entry, in the order in which all changes lock them
   * @throws Refusal `unavailable` where the database is away, or the change cannot be made safely now.
   */
  change<Result>(keys: readonly RowKey[], work: (tx: ChangeTx) => Promise<Result>): Promise<Result>;
}

/** A job as a change leaves it, who made the change, and what they said of it. */
export interface JobChange {
  readonly job: Job;
  readonly userId: string;
  readonly note: string;
}

/** What a change may do to the database, inside its transaction. */
export interface ChangeTx {
  /** The job as locked; undefined where there is none that a reader may see. */
  job(jobId: string): Promise<Job | undefined>;
  /** Each change of a job writes its row in the timeline, too. @throws Error where the id was used before */
  insertJob(change: JobChange): Promise<void>;
  /** Stores the job as it is now, its next version with it. */
  updateJob(change: JobChange): Promise<void>;
  /** The same, and keeps the job from every reader. */
  hideJob(change: JobChange): Promise<void>;
  /** Puts jobs in as they are, with their timelines; all of them, or it rejects. */
  insertRecords(records: readonly JobRecord[]): Promise<void>;
  /** The answer that was stored for a key since then. */
  recall(userId: string, key: string, since: number): Promise<StoredAnswer | undefined>;
  /** Stores an answer, in place of one older than `since`. @throws KeyTaken where the key has a younger one by now */
  remember(stored: StoredAnswer, since: number): Promise<void>;

  /** The account as locked, or undefined where there is none. Changes of accounts raise its version. */
  account(userId: string): Promise<Account | undefined>;
  /** The same account with all that is stored of it. */
  user(userId: string): Promise<StoredUser | undefined>;
  /** @throws Refusal `user_exists` where the id or the address is another's */
  insertUser(user: StoredUser): Promise<void>;
  /** Who is made active or inactive is not invited any more. @throws Refusal `user_exists` where the address is another's */
  updateAccount(
    userId: string,
    change: {
      role?: Role | undefined;
      active?: boolean | undefined;
      passwordHash?: string | undefined;
      email?: string | undefined;
    },
  ): Promise<void>;
  /** Removes tokens of a user: one, or all. */
  removeTokens(userId: string, digest?: string): Promise<void>;

  /** One of the user's whose account is locked. */
  oneTimeToken(digest: string): Promise<StoredOneTimeToken | undefined>;
  insertOneTimeToken(token: StoredOneTimeToken): Promise<void>;
  removeOneTimeTokens(userId: string, purposes: readonly Purpose[]): Promise<void>;

  addAudit(entry: AuditEntry): Promise<void>;

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
   * @param admit asked right before the work is done; what it throws is thrown
   * @throws Refusal `unavailable` where more are waiting than are worth waiting for.
   */
  verify(password: string, hash: string | undefined, admit?: () => Promise<void>): Promise<boolean>;
}

/** Counts failed attempts to prove who one is, per user at an address and per address. */
export interface AttemptLimiter {
  /** @throws Refusal `rate_limited` with the seconds to wait, where too many failed. */
  admit(userId: string, address: string): Promise<void>;
  failed(userId: string, address: string): Promise<void>;
  succeeded(userId: string, address: string): Promise<void>;
}

/** Counts the calls of each caller; only where a limit is set. */
export interface RateLimiter {
  /** @param caller a user's id, or the address of one that is not known @throws Refusal `rate_limited` */
  admit(caller: string): Promise<RateState>;
}

/** Counts mails that anyone may ask for: each goes to somebody who perhaps did not ask. */
export interface LinkRequests {
  /**
   * Counts one, whether or not the e-mail address is anybody's.
   * @throws Refusal `rate_limited` with the seconds to wait, where too many were asked for
   */
  admit(email: string, address: string): Promise<void>;
}

/** A mail that brings somebody a one-time token. */
export interface Mail {
  readonly to: string;
  readonly purpose: Purpose;
  readonly language: Language;
  readonly userId: string;
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expireTime: number;
}

/** A way to a mail server. */
export interface Mailer {
  /** Rejects where the server did not take the mail. */
  send(mail: Mail): Promise<void>;
}

/** Sends mails outside of calls: no caller waits for a mail server, or learns from it. */
export interface Outbox {
  /** @param prepare finds out what is to be sent; undefined: nothing */
  post(prepare: () => Promise<Mail | undefined>): void;
}

/** A place for what operators should know. Values of callers and secrets do not belong in it. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
