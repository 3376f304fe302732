import type { Command } from 'commander';
import { createSmtpMailer } from '../../adapters/mail/smtp-mailer.ts';
import { connectRedis } from '../../adapters/redis/connect.ts';
import { createAccountStore } from '../../adapters/sql/accounts.ts';
import { createLedger } from '../../adapters/sql/ledger.ts';
import { pendingMigrations, readStoreId } from '../../adapters/sql/migrate.ts';
import type { OpenDatabase } from '../../adapters/sql/open.ts';
import { checkServer } from '../../adapters/sql/server-version.ts';
import { secretContext } from '../../src/accounts/access-key.ts';
import { createSecretBox } from '../../src/accounts/secret-box.ts';
import { readConfig, WrongSettings, type Config } from '../config.ts';
import { createLog } from '../log.ts';
import { openDatabase, redisSettings, smtpSettings } from '../open-gateway.ts';
import { ownKeys } from '../own-keys.ts';
import { printAnswer } from './answer.ts';
import { examineCounts, recountJobs } from './doctor-counts.ts';
import { examineReplicas } from './examine-replicas.ts';
import type { Finding } from './finding.ts';

/** A larger difference between the clocks makes tokens end at the wrong time; in ms. */
const CLOCK_DIFFERENCE = 2_000;

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('tell what is wrong with this set-up, and how to mend it')
    .option('--recount', 'compare the counts of jobs with the table, and mend them')
    .option('--json', 'answer in JSON')
    .action(async ({ recount, json }: { recount?: boolean; json?: boolean }) => {
      const findings = await examine(recount === true);
      const healthy = findings.every((finding) => finding.ok);
      const lines = findings.flatMap(({ check, ok, seen, mend }) => [
        `${ok ? 'ok   ' : 'WRONG'} ${check}: ${seen}`,
        ...(ok || mend === undefined ? [] : [`      ${mend}`]),
      ]);
      printAnswer(json, { healthy, findings }, lines);
      if (!healthy) process.exitCode = 1;
    });
}

async function examine(recounting: boolean): Promise<Finding[]> {
  let config: Config;
  try {
    config = readConfig();
  } catch (thrown) {
    if (!(thrown instanceof WrongSettings)) throw thrown;
    return thrown.problems.map((seen) => ({ check: 'settings', ok: false, seen, mend: 'see the README' }));
  }
  return [
    { check: 'settings', ok: true, seen: 'every setting can be used' },
    ...(await examineDatabase(config, recounting)),
    ...(await examineReplicas(config)),
    ...(await examineRedis(config)),
    ...(await examineMail(config)),
    examineProxies(config),
  ];
}

async function examineDatabase(config: Config, recounting: boolean): Promise<Finding[]> {
  const database = openDatabase(config);
  try {
    const findings: Finding[] = [{ check: 'database', ok: true, seen: await checkServer(database) }];
    const pending = await pendingMigrations(database);
    findings.push({
      check: 'migrations',
      ok: pending.length === 0,
      seen: pending.length === 0 ? 'all applied' : `pending: ${pending.join(', ')}`,
      mend: 'run jobgate migrate',
    });
    if (pending.length === 0) {
      findings.push({ check: 'store id', ok: true, seen: await readStoreId(database) });
    }
    if (pending.length === 0) {
      findings.push(await examineAccessKeys(config, database));
      findings.push(recounting ? await recountJobs(database) : await examineCounts(database));
    }
    if (database.dialect.name === 'mysql') {
      const [[row]] = (await database.db.raw('select unix_timestamp(sysdate(3)) * 1000 as now')) as [
        [{ now: number | string }],
      ];
      const difference = Math.round(Math.abs(Number(row.now) - Date.now()));
      findings.push({
        check: 'clock',
        ok: difference <= CLOCK_DIFFERENCE,
        seen: `${difference} ms between this machine and the database`,
        mend: 'keep both clocks with NTP',
      });
    }
    return findings;
  } catch (thrown) {
    const cause = (thrown as Error).cause ?? thrown;
    const mend = 'check DATABASE_URL, the server and the rights of its user';
    return [{ check: 'database', ok: false, seen: (cause as Error).message, mend }];
  } finally {
    await database.close();
  }
}

async function examineAccessKeys(config: Config, { db, dialect }: OpenDatabase): Promise<Finding> {
  const check = 'access keys';
  const keys = await createAccountStore(db, dialect).listKeys();
  const { encryptionKeys } = await ownKeys(config);
  if (!encryptionKeys) {
    const mend = 'set the KEY_ENCRYPTION_KEY that they were made with';
    return { check, ok: keys.length === 0, seen: `${keys.length}, and no KEY_ENCRYPTION_KEY`, mend };
  }
  const box = createSecretBox(encryptionKeys);
  const lost = keys.filter(
    ({ accessKeyId, owner, sealedSecret }) =>
      box.open(sealedSecret, secretContext(accessKeyId, owner)) === undefined,
  );
  const older = keys.filter(({ sealedSecret }) => !box.isPresent(sealedSecret)).length - lost.length;
  const seen =
    `${keys.length}` +
    (older > 0 ? `, ${older} encrypted with an older key: run jobgate key rotate` : '') +
    (lost.length > 0
      ? `, ${lost.length} open with no key: ${lost.map((key) => key.accessKeyId).join(', ')}`
      : '');
  const mend = 'bring back the KEY_ENCRYPTION_KEY that they were made with, or remove them';
  return { check, ok: lost.length === 0, seen, mend };
}

async function examineRedis(config: Config): Promise<Finding[]> {
  if (config.databaseUrl === undefined) return [{ check: 'cache', ok: true, seen: 'embedded' }];
  if (config.redisUrl === undefined) {
    return [{ check: 'cache', ok: true, seen: 'none: every read goes to the database' }];
  }
  const link = connectRedis(config.redisUrl, redisSettings(config), createLog('silent'));
  try {
    await link.greeted(2_000);
    if (link.runId() === undefined) throw new Error(link.trouble() ?? 'it does not answer');
    const info = await link.redis.info();
    const registered = await registeredRunId(config);
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'unknown';
    return [
      { check: 'cache', ok: true, seen: `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? ''}` },
      {
        check: 'cache process',
        ok: registered === undefined || registered === link.runId(),
        seen:
          registered === undefined ? 'the cache is off' : `registered: ${registered}, here: ${link.runId()}`,
        mend: 'if this stays while instances serve, their REDIS_URL differ: give all the same one',
      },
      {
        check: 'cache policy',
        ok: policy === 'noeviction',
        seen: policy,
        mend: 'set maxmemory-policy noeviction: an evicted block would let an old value come back',
      },
    ];
  } catch (thrown) {
    const mend = 'check REDIS_URL and the server; meanwhile every read goes to the database';
    return [{ check: 'cache', ok: false, seen: (thrown as Error).message, mend }];
  } finally {
    link.close();
  }
}

async function examineMail(config: Config): Promise<Finding[]> {
  const check = 'mail';
  const settings = smtpSettings(config);
  if (!settings) return [{ check, ok: true, seen: 'none: invitations and resets are not sent' }];
  const server = new URL(settings.url).host;
  try {
    await createSmtpMailer(settings).verify();
    return [{ check, ok: true, seen: `${server} answers` }];
  } catch (thrown) {
    const mend = 'check SMTP_URL, the server and the credentials';
    return [{ check, ok: false, seen: `${server}: ${(thrown as Error).message}`, mend }];
  }
}

/** The run id of the Redis process in use; undefined while the cache is off, or where that cannot be told. */
async function registeredRunId(config: Config): Promise<string | undefined> {
  const database = openDatabase(config);
  try {
    const state = await createLedger(database.db, database.dialect).epoch();
    return state.on ? state.runId : undefined;
  } catch {
    return undefined;
  } finally {
    await database.close();
  }
}

function examineProxies({ host, trustedProxies }: Config): Finding {
  const open = host !== '127.0.0.1' && host !== '::1' && host !== 'localhost';
  const seen =
    trustedProxies.length > 0
      ? `X-Forwarded-For is believed from ${trustedProxies.join(', ')}`
      : open
        ? 'X-Forwarded-For is believed from no one: behind a proxy, set TRUSTED_PROXIES'
        : 'listens on this machine only';
  return { check: 'proxies', ok: true, seen };
}
