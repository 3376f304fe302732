import { setTimeout as sleep } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import Koa from 'koa';
import { createDialects } from '../adapters/action/dialect.ts';
import { adminElsewhere, adminRoutes, type Readiness } from '../adapters/http/admin.ts';
import { createListener, type AppParts } from '../adapters/http/app.ts';
import { allowOrigins } from '../adapters/http/cors.ts';
import { guard } from '../adapters/http/guard.ts';
import { createMetrics } from '../adapters/http/metrics.ts';
import { trustProxies } from '../adapters/http/request.ts';
import { listen, type HttpServer } from '../adapters/http/server.ts';
import { answerUnreadable } from '../adapters/http/unreadable.ts';
import { isPassing, ask } from '../adapters/sql/ask.ts';
import { cleanUp } from '../adapters/sql/clean-up.ts';
import { migrate, pendingMigrations } from '../adapters/sql/migrate.ts';
import type { OpenDatabase } from '../adapters/sql/open.ts';
import { checkServer } from '../adapters/sql/server-version.ts';
import { Refusal } from '../src/errors.ts';
import type { Gateway } from '../src/gateway/gateway.ts';
import type { Log } from '../src/ports.ts';
import type { Config } from './config.ts';
import { greet, prepareFirstStart } from './first-start.ts';
import { startCountKeeper, type CountKeeper } from './count-keeper.ts';
import { retentionOf, startJanitor, type Janitor } from './janitor.ts';
import { createLog, type ProcessLog } from './log.ts';
import { openDatabase, openGateway, type Hooks, type OpenGateway } from './open-gateway.ts';
import { openTracing } from './open-tracing.ts';
import { watchInside } from './watch-inside.ts';

/** How often a database that is away, or not migrated yet, is looked at again; in ms. */
const RETRY = 1_000;
/** Who cannot serve by then listens all the same, and says why; in ms. */
const LISTEN_WITHIN = 2_000;
/** A database that has not answered by then counts as away: who asks does not wait for long; in ms. */
const READY_WITHIN = 1_000;
/** How long a scrape that is under way when everything else has ended may take, in ms. */
const ADMIN_MOST = 500;
/** How long the rest of an orderly end may take beside the settings of the drain, in ms. */
const REST_OF_END = 5_000;

/** A gateway that listens; `stop` lets calls in flight finish. */
export interface RunningGateway {
  readonly port: number;
  readonly adminPort: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a gateway. It listens once it can serve; where its database cannot be reached or is not migrated, it listens
 * all the same, is not ready, and answers every call with `unavailable`.
 * @throws Error where it cannot listen, or can never work with these settings
 */
export async function serve(
  config: Config,
  plainLog: Log & Partial<Pick<ProcessLog, 'dropped'>>,
  say: (text: string) => void,
  hooks: Hooks = {},
): Promise<RunningGateway> {
  const metrics = createMetrics();
  const tracing = await openTracing(config, plainLog);
  const log = tracing?.log(plainLog) ?? plainLog;
  const database = openDatabase(config, tracing?.statement);
  let opened: OpenGateway | undefined;
  let janitor: Janitor | undefined;
  let countKeeper: CountKeeper | undefined;
  let ended = false;
  let closing = false;

  const readiness: Readiness = async () => {
    if (ended) return { ready: false, because: 'shutting down' };
    if (!opened) return { ready: false, because: 'waiting for the database' };
    if (opened.keeper.cutOff()) return { ready: false, because: 'cut off from redis' };
    // A gateway that has much to do is ready all the same: no call's connection is asked for.
    const asked = ask(() => database.own.select(database.own.raw('1'))).then(
      () => true,
      () => false,
    );
    const reached = await Promise.race([asked, sleep(READY_WITHIN, false, { ref: false })]);
    return reached ? { ready: true } : { ready: false, because: 'the database cannot be reached' };
  };
  const gateway: Gateway = {
    answer(call) {
      if (!opened) throw new Refusal('unavailable', { detail: 'database', retryAfter: 1 });
      return opened.gateway.answer(call);
    },
  };
  const parts: AppParts = {
    gateway: tracing?.operations(gateway) ?? gateway,
    log,
    metrics,
    action: {
      path: config.actionPath,
      passwordInQuery: config.passwordInQuery === 'allow',
      passwordCiphers: config.passwordCiphers,
      dialects: createDialects(config.actionTimeZone),
    },
    bodyLimit: config.bodyLimit,
    trusts: trustProxies(config.trustedProxies),
    cors: allowOrigins(config.corsOrigins),
    passwordOverHttp: config.passwordOverHttp === 'allow',
    draining: () => closing,
    admin: config.adminPort === undefined ? adminRoutes(readiness, metrics) : adminElsewhere,
  };
  const door = guard(createListener(parts), {
    ...parts,
    actionPath: config.actionPath,
    callLimit: config.callLimit,
    crowded: () => opened?.crowd.crowded('changes') ?? false,
    refused: metrics.refused,
  });
  watchInside(metrics, {
    door,
    readiness,
    opened: () => opened,
    caches: config.redisUrl !== undefined || config.databaseUrl === undefined,
    connections: () => server?.connections() ?? 0,
    droppedLines: plainLog.dropped ?? (() => 0),
  });

  let server: HttpServer | undefined;
  let admin: HttpServer | undefined;
  const drain = async (serving: HttpServer): Promise<void> => {
    await serving.closeListener();
    closing = true;
    log.info({}, 'no new connections are taken');
    const cut = await serving.empty({ idle: config.drainIdle, most: config.drainTimeout });
    if (cut > 0) log.warn({ connections: cut }, 'connections were cut off with calls on them');
  };
  const stop = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    const cleaned = Promise.all([janitor?.stop(), countKeeper?.stop()]);
    // Who was never ready was sent no traffic.
    if (opened) await sleep(config.drainDelay);
    if (server) await drain(server);
    // Last, so that an orchestrator sees an instance that is alive and not ready until then.
    await admin?.closeListener();
    await admin?.empty({ idle: 0, most: ADMIN_MOST });
    await cleaned;
    await (opened ? opened.close() : database.close());
    await tracing?.close();
  };
  const open = async (waits: () => void): Promise<string | undefined> => {
    if (!(await reachDatabase(config, database, log, waits, () => ended))) return undefined;
    const open = await openGateway(config, database, log, {
      ...hooks,
      count: metrics.lookUp,
      tracing,
      lists: { count: metrics.listRead, lag: metrics.replicaLag },
      spared: () => metrics.refused('any', 'database'),
    });
    const password = await prepareFirstStart(config, database, open.ports, log);
    opened = open;
    return password;
  };
  try {
    if (config.adminPort !== undefined) {
      const routes = new Koa().use(adminRoutes(readiness, metrics));
      admin = await listen(routes.callback(), config.host, config.adminPort);
    }
    // A proxy sends calls to whoever takes connections: where all goes well, that is one who can answer them.
    const { opening, settled } = begin(open);
    await Promise.race([settled, sleep(LISTEN_WITHIN, undefined, { ref: false })]);
    const traced = tracing?.requests(door.listener) ?? door.listener;
    server = await listen(traced, config.host, config.port, {
      refuse: (sent) => answerUnreadable(config.actionPath, sent),
      connectionLimit: config.connectionLimit,
      closed: metrics.closed,
    });
    const running = { port: server.port, adminPort: admin?.port, stop };
    log.info({ port: running.port, adminPort: running.adminPort }, 'listening');
    const password = await opening;
    if (!opened) return running;
    countKeeper = startCountKeeper(database, log);
    if (config.janitorInterval > 0) {
      const retention = retentionOf(config);
      janitor = startJanitor(config.janitorInterval * 1000, log, (stop) =>
        cleanUp(database, { now: Date.now(), retention, stop }),
      );
    }
    say(greet(config, running.port, password));
    log.info({ port: running.port }, 'ready');
    return running;
  } catch (thrown) {
    await stop().catch(() => {});
    throw thrown;
  }
}

/** Begins to open. `settled` comes when that is done, has failed, or is known to take its time. */
function begin<Result>(open: (waits: () => void) => Promise<Result>): {
  opening: Promise<Result>;
  settled: Promise<void>;
} {
  let opening!: Promise<Result>;
  const settled = new Promise<void>((settle) => {
    opening = open(settle);
    opening.then(
      () => settle(),
      () => settle(),
    );
  });
  return { opening, settled };
}

/**
 * Waits for the database and its migrations; false where the process ends before.
 * @param waits is told where they are not there at the first look
 */
async function reachDatabase(
  config: Config,
  database: OpenDatabase,
  log: Log,
  waits: () => void,
  ended: () => boolean,
): Promise<boolean> {
  let told = '';
  const tell = (message: string, facts: object = {}): void => {
    waits();
    if (told !== message) log.warn(facts, message);
    told = message;
  };
  while (!ended()) {
    try {
      await checkServer(database);
      if (config.migrateOnStart === 'on') {
        const applied = await migrate(database);
        if (applied.length > 0) log.info({ applied }, 'the database was migrated');
        return true;
      }
      if ((await pendingMigrations(database)).length === 0) return true;
      tell('the database is not migrated and MIGRATE_ON_START is off: run jobgate migrate');
    } catch (cause) {
      if (!isPassing(cause) && !(cause instanceof Refusal)) throw cause;
      tell('waiting for the database', { cause });
    }
    await sleep(RETRY);
  }
  return false;
}

/** The process that serves until it is told to stop. */
export async function runServer(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  let running: RunningGateway | undefined;
  const delay = config.drainDelay + config.drainTimeout + REST_OF_END;
  closeWithGrace({ delay, logger: false }, async ({ signal, err }) => {
    if (err) log.fatal({ cause: err }, 'the gateway fails and ends');
    else log.info({ signal }, 'draining');
    await running?.stop();
    log.info({}, 'stopped');
  });
  running = await serve(config, log, (text) => process.stdout.write(text));
}
