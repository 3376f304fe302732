import { setTimeout as sleep } from 'node:timers/promises';
import { createSeedRenderer, renderSignedJob, SEED_FACE, SIGNED_FACE } from '../adapters/action/job-face.ts';
import { createAttemptLimiter } from '../adapters/attempts/attempt-limiter.ts';
import { createLinkRequests } from '../adapters/attempts/link-requests.ts';
import { createRateLimiter } from '../adapters/attempts/rate-limiter.ts';
import { createSmtpMailer, type SmtpSettings } from '../adapters/mail/smtp-mailer.ts';
import { createMemoryEntryCache, noEntryCache } from '../adapters/memory/entry-cache.ts';
import { connectRedis, type RedisLink, type RedisSettings } from '../adapters/redis/connect.ts';
import { createRedisEntryCache } from '../adapters/redis/entry-cache.ts';
import { renderRestJob, REST_FACE } from '../adapters/rest/job-face.ts';
import { reservedWords } from '../adapters/rest/reserved-words.ts';
import { createAccountStore } from '../adapters/sql/accounts.ts';
import { watchPool, type Crowd } from '../adapters/sql/crowd.ts';
import { createJobStore } from '../adapters/sql/jobs.ts';
import { listFromReplicas } from '../adapters/sql/lists-from-replicas.ts';
import { createLedger } from '../adapters/sql/ledger.ts';
import { readStoreId } from '../adapters/sql/migrate.ts';
import { openMysql, OWN_CONNECTIONS } from '../adapters/sql/open-mysql.ts';
import { openSqlite } from '../adapters/sql/open-sqlite.ts';
import type { OpenDatabase } from '../adapters/sql/open.ts';
import type { AroundStatement } from '../adapters/sql/traced-client.ts';
import type { Tracing } from '../adapters/tracing/tracing.ts';
import { createCredentialJudge } from '../src/accounts/credentials.ts';
import { createKeyUses } from '../src/accounts/key-uses.ts';
import { createOutbox } from '../src/accounts/outbox.ts';
import { createPasswordKey } from '../src/accounts/password-key.ts';
import { createPasswords } from '../src/accounts/passwords.ts';
import { createSecretBox } from '../src/accounts/secret-box.ts';
import { createChanges } from '../src/coherence/change.ts';
import { createEntryKinds } from '../src/coherence/entry-kinds.ts';
import { createEpochKeeper, type EpochKeeper } from '../src/coherence/epoch-keeper.ts';
import type { EntryCache } from '../src/coherence/ports.ts';
import { createReadThrough } from '../src/coherence/read-through.ts';
import type { Watch } from '../src/coherence/steps.ts';
import { createGateway, type Gateway } from '../src/gateway/gateway.ts';
import { spareStores } from '../src/gateway/spare-stores.ts';
import { createJobFaces } from '../src/jobs/job-view.ts';
import type { Clock, Log, Ports } from '../src/ports.ts';
import type { Config } from './config.ts';
import { openReplicas, type ListWatch } from './open-replicas.ts';
import { ownKeys } from './own-keys.ts';

/** The core with its stores behind it. */
export interface OpenGateway {
  readonly gateway: Gateway;
  readonly ports: Ports;
  readonly keeper: EpochKeeper;
  readonly crowd: Crowd;
  close(): Promise<void>;
}

/** Ways to look into the cache, and to put something else in its place: for the metrics, and for tests. */
export interface Hooks {
  readonly clock?: Clock;
  readonly count?: (kind: string, outcome: string) => void;
  readonly lists?: ListWatch;
  /** Told of each call that was refused since too many wait for the database. */
  readonly spared?: () => void;
  readonly watch?: Watch;
  readonly alter?: (cache: EntryCache) => EntryCache;
  readonly tracing?: Tracing | undefined;
}

/** How often the epoch is looked after, in ms. */
const TICK = 250;
const REDIS_GREETING = 1_000;
const MEMORY_ENTRIES = 20_000;
/** Measures how long something takes, whatever becomes of the time of day meanwhile; in ms. */
const stopwatch: Clock = () => performance.now();
/** How often the last use of access keys is written down, in ms. */
const NOTE_USES = 30_000;

/**
 * Opens the database that the settings name: a server, or the embedded store.
 * @param around what is to happen around each statement
 */
export function openDatabase(config: Config, around?: AroundStatement): OpenDatabase {
  const { databaseUrl, databasePoolSize, databaseCaFile: caFile } = config;
  return databaseUrl === undefined
    ? openSqlite(config.dataDir, around)
    : openMysql(databaseUrl, { poolSize: databasePoolSize - OWN_CONNECTIONS, caFile, around });
}

/**
 * Joins the core to its stores.
 * @param database open and migrated
 */
export async function openGateway(
  config: Config,
  database: OpenDatabase,
  log: Log,
  { clock = Date.now, count, lists, spared = () => {}, watch, alter, tracing }: Hooks = {},
): Promise<OpenGateway> {
  const { db, dialect, generation } = database;
  const ttl = config.cacheTtl;
  const faces = createJobFaces({
    [SEED_FACE]: createSeedRenderer(config.actionTimeZone),
    [SIGNED_FACE]: renderSignedJob,
    [REST_FACE]: renderRestJob,
  });
  const stores = { jobs: createJobStore(db, dialect), accounts: createAccountStore(db, dialect) };
  const crowd = watchPool(db);
  const { jobs: primary, accounts, spareChanges } = spareStores(stores, crowd, spared);
  const ledger = createLedger(db, dialect);
  const ownLedger = createLedger(database.own, dialect);
  const storeId = await readStoreId(database);
  const replicas = openReplicas(
    config,
    { database, store: primary },
    storeId,
    log,
    lists,
    tracing?.statement,
  );
  const jobs = replicas ? listFromReplicas(primary, replicas) : primary;
  await ledger.raiseTtl(ttl);

  let link: RedisLink | undefined;
  let cache: EntryCache = noEntryCache;
  if (generation) {
    cache = createMemoryEntryCache({ ttl, most: MEMORY_ENTRIES, clock: stopwatch, generation });
  } else if (config.redisUrl !== undefined) {
    link = connectRedis(config.redisUrl, redisSettings(config), log);
    cache = createRedisEntryCache(link, storeId, ttl);
    await link.greeted(REDIS_GREETING);
  } else if ((await ledger.epoch()).on) {
    log.warn(
      {},
      'other instances use a cache and this one has no REDIS_URL: its writes turn theirs off each time',
    );
  }

  if (alter) cache = alter(cache);
  if (tracing && link) cache = tracing.entryCache(cache);
  const keeper = createEpochKeeper({ ledger: ownLedger, cache, clock: stopwatch, log });
  const kinds = createEntryKinds(jobs, accounts, faces);
  const changes = createChanges({
    ledger,
    cache,
    keeper,
    kinds,
    clock: stopwatch,
    log,
    follow: (attempt) => crowd.follow(attempt),
    ...(watch && { watch }),
  });
  const reader = createReadThrough({
    cache,
    keeper,
    kinds,
    repair: (left) => changes.repair(left),
    ...(count && { count }),
    ...(watch && { watch }),
  });
  const passwords = createPasswords();
  const shared = link && { redis: link.redis, prefix: `jobgate:{${storeId}}:` };
  const seen = <Port extends object>(port: Port): Port =>
    tracing && shared ? tracing.roundTrips(port) : port;
  const attempts = seen(
    createAttemptLimiter(
      {
        perUser: config.loginFailuresPerUser,
        perAddress: config.loginFailuresPerAddress,
        window: config.loginFailureWindow,
      },
      shared,
    ),
  );
  const linkRequests = seen(
    createLinkRequests({ perEmail: config.linksPerEmail, perAddress: config.linksPerAddress }, shared),
  );
  const smtp = smtpSettings(config);
  const outbox = smtp && createOutbox(createSmtpMailer(smtp), log);
  const rates =
    config.rateLimit === undefined ? undefined : seen(createRateLimiter(config.rateLimit, shared));
  const { encryptionKeys, passwordPrivateKey } = await ownKeys(config);
  const secretBox = encryptionKeys && createSecretBox(encryptionKeys);
  const passwordKey =
    passwordPrivateKey === undefined ? undefined : await createPasswordKey(passwordPrivateKey);
  const keyUses = createKeyUses(stores.accounts, clock, log);
  const proof = { accounts, passwords, attempts, clock, secretBox, passwordKey };
  const judge = createCredentialJudge({
    ...proof,
    keyUses,
    signatureWindow: config.signatureWindow * 1000,
  });
  const ports: Ports = {
    ...proof,
    rates,
    jobs,
    changes: spareChanges(changes),
    linkRequests,
    outbox,
    faces,
    tokenLife: config.tokenTtl * 1000,
    reservedUserIds: reservedWords('userId'),
  };

  const stop = new AbortController();
  // The embedded cache has no other process to agree with.
  const ticking = generation ? undefined : tickUntil(stop.signal, keeper, log);
  const noting = setInterval(() => void keyUses.write(), NOTE_USES).unref();
  return {
    gateway: createGateway({ judge, reader, ports }),
    ports,
    keeper,
    crowd,
    async close() {
      stop.abort();
      clearInterval(noting);
      await ticking;
      await outbox?.close();
      await keyUses.write();
      link?.close();
      await replicas?.close();
      await database.close();
    },
  };
}

/** How Redis is reached, beside its address. */
export function redisSettings(config: Config): RedisSettings {
  const { redisCaFile, sentinelUsername: username, sentinelPassword: password, sentinelCaFile } = config;
  return { caFile: redisCaFile, sentinel: { username, password, caFile: sentinelCaFile } };
}

/** How mails are sent; undefined: they are not. */
export function smtpSettings({ smtpUrl, mailFrom, publicUrl }: Config): SmtpSettings | undefined {
  return smtpUrl === undefined || mailFrom === undefined
    ? undefined
    : { url: smtpUrl, from: mailFrom, publicUrl };
}

/** Looks after the epoch for as long as the process serves; a database that is away is met again at the next look. */
async function tickUntil(stop: AbortSignal, keeper: EpochKeeper, log: Log): Promise<void> {
  let failing = false;
  while (!stop.aborted) {
    try {
      await keeper.tick();
      if (failing) log.info({}, 'the epoch is looked after again');
      failing = false;
    } catch (cause) {
      if (!failing) log.warn({ cause }, 'the epoch cannot be looked after now');
      failing = true;
    }
    await sleep(TICK, undefined, { signal: stop }).catch(() => {});
  }
}
