import { setTimeout as sleep } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import Koa from 'koa';
import { createDialects } from '../adapters/action/dialect.ts';
import { adminElsewhere, adminRoutes, type Readiness } from '../adapters/http/admin.ts';
import { createListener } from '../adapters/http/app.ts';
import { allowOrigins } from '../adapters/http/cors.ts';
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
import type { Log } from '../src/ports.ts';
import type { Config } from './config.ts';
import { greet, prepareFirstStart } from './first-start.ts';
import { retentionOf, startJanitor, type Janitor } from './janitor.ts';
import { createLog } from './log.ts';
import { openDatabase, openGateway, type Hooks, type OpenGateway } from './open-gateway.ts';

/** How often a database that is away, or not migrated yet, is looked at again; in ms. */
const RETRY = 1_000;

/** A gateway that listens; `stop` lets calls in flight finish. */
export interface RunningGateway {
  readonly port: number;
  readonly adminPort: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a gateway. It listens at once; until its database is reached and migrated it is not ready and answers
 * every call with `unavailable`.
 * @throws Error where it cannot listen, or can never work with these settings
 */
export async function serve(
  config: Config,
  log: Log,
  say: (text: string) => void,
  hooks: Hooks = {},
): Promise<RunningGateway> {
  const metrics = createMetrics();
  const database = openDatabase(config);
  let opened: OpenGateway | undefined;
  let janitor: Janitor | undefined;
  let draining = false;

  const readiness: Readiness = async () => {
    if (draining) return { ready: false, because: 'shutting down' };
    if (!opened) return { ready: false, because: 'waiting for the database' };
    if (opened.keeper.cutOff()) return { ready: false, because: 'cut off from redis' };
    const reached = await ask(() => database.db.select(database.db.raw('1'))).catch(() => undefined);
    return reached ? { ready: true } : { ready: false, because: 'the database cannot be reached' };
  };
  const listener = createListener({
    gateway: {
      answer(call) {
        if (!opened) throw new Refusal('unavailable', { detail: 'database', retryAfter: 1 });
        return opened.gateway.answer(call);
      },
    },
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
    draining: () => draining,
    admin: config.adminPort === undefined ? adminRoutes(readiness, metrics) : adminElsewhere,
  });

  const servers: HttpServer[] = [];
  let ended = false;
  const stop = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    draining = true;
    await Promise.all([janitor?.stop(), ...servers.map((server) => server.drain(config.drainTimeout))]);
    await (opened ? opened.close() : database.close());
  };
  try {
    const server = await listen(listener, config.host, config.port, (sent) =>
      answerUnreadable(config.actionPath, sent),
    );
    servers.push(server);
    let adminPort: number | undefined;
    if (config.adminPort !== undefined) {
      const admin = await listen(
        new Koa().use(adminRoutes(readiness, metrics)).callback(),
        config.host,
        config.adminPort,
      );
      servers.push(admin);
      adminPort = admin.port;
    }
    log.info({ port: server.port, adminPort }, 'listening');
    if (!(await reachDatabase(config, database, log, () => ended)))
      return { port: server.port, adminPort, stop };
    const open = await openGateway(config, database, log, {
      ...hooks,
      count: metrics.lookUp,
    });
    const password = await prepareFirstStart(config, database, open.ports, log);
    opened = open;
    if (config.janitorInterval > 0) {
      const retention = retentionOf(config);
      janitor = startJanitor(config.janitorInterval * 1000, log, (stop) =>
        cleanUp(database, { now: Date.now(), retention, stop }),
      );
    }
    say(greet(config, server.port, password));
    log.info({ port: server.port }, 'ready');
    return { port: server.port, adminPort, stop };
  } catch (thrown) {
    await stop().catch(() => {});
    throw thrown;
  }
}

/** Waits for the database and its migrations; false where the process ends before. */
async function reachDatabase(
  config: Config,
  database: OpenDatabase,
  log: Log,
  ended: () => boolean,
): Promise<boolean> {
  let told = '';
  const tell = (message: string, facts: object = {}): void => {
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
  closeWithGrace({ delay: config.drainTimeout + 5_000, logger: false }, async ({ signal, err }) => {
    if (err) log.fatal({ cause: err }, 'the gateway fails and ends');
    else log.info({ signal }, 'draining');
    await running?.stop();
    log.info({}, 'stopped');
  });
  running = await serve(config, log, (text) => process.stdout.write(text));
}
