import { resolve } from 'node:path';
import { insertJobs } from '../adapters/sql/jobs.ts';
import type { OpenDatabase } from '../adapters/sql/open.ts';
import { sampleJobs } from '../adapters/wire/sample-jobs.ts';
import { addUser, inventPassword } from '../src/accounts/manage-users.ts';
import { bringRecords } from '../src/jobs/bring-records.ts';
import type { Log, Ports } from '../src/ports.ts';
import type { Config } from './config.ts';

export const FIRST_ADMIN = 'usr-00000000';

/** Who the audit trail says made the first admin. */
const BY_ITSELF = { userId: 'first start', address: '', requestId: '' } as const;

/**
 * Gives a store without users its first admin; the embedded store also the sample jobs.
 * @returns the admin's password, where one was invented: it is shown once and stored nowhere
 */
export async function prepareFirstStart(
  config: Config,
  database: OpenDatabase,
  ports: Ports,
  log: Log,
): Promise<string | undefined> {
  if ((await ports.accounts.countUsers()) > 0) return undefined;
  const embedded = config.databaseUrl === undefined;
  const given = config.bootstrapAdminPassword;
  if (!embedded && given === undefined) {
    log.warn({}, 'there is no user yet: set BOOTSTRAP_ADMIN_PASSWORD, or run jobgate user add');
    return undefined;
  }
  const password = given ?? inventPassword();
  try {
    await addUser(ports, { userId: FIRST_ADMIN, role: 'admin', password }, BY_ITSELF);
  } catch (thrown) {
    // Another instance that starts at the same time was first.
    if ((await ports.accounts.countUsers()) > 0) return undefined;
    throw thrown;
  }
  if (embedded) {
    await insertJobs(database.db, sampleJobs(), (fresh) => bringRecords(ports, fresh));
  }
  log.info({ userId: FIRST_ADMIN }, 'the first admin was created');
  return given === undefined ? password : undefined;
}

/** What a first look needs: where the data is, who the admin is, and a call for each protocol to paste. */
export function greet(config: Config, port: number, password: string | undefined): string {
  // An address that stands for all of them is none to call.
  const host = ['0.0.0.0', '::'].includes(config.host) ? '127.0.0.1' : config.host;
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const lines = [`jobgate listens on ${base}`];
  if (config.databaseUrl === undefined) {
    lines.push(
      `Data: ${resolve(config.dataDir)} (embedded store; DATABASE_URL and REDIS_URL put it on real servers)`,
    );
  }
  if (password === undefined) return `${lines.join('\n')}\n`;
  const cipher = Buffer.from(password).toString('base64');
  lines.push(
    '',
    `Admin:    ${FIRST_ADMIN}`,
    `Password: ${password}   (shown this once; change it with: npm run --silent jobgate -- user passwd ${FIRST_ADMIN})`,
    '',
    'The same job through the action API:',
    '',
    `  curl -s ${base}${config.actionPath}/ -d action=DescribeLatestJob -d job_type=neonsan \\`,
    `    -d USER_ID=${FIRST_ADMIN} --data-urlencode PASSWORD=${cipher}`,
    '',
    'and through the REST API:',
    '',
    `  TOKEN=$(curl -s ${base}/v1/auth -H 'Content-Type: application/json' \\`,
    `    -d '{"name":"${FIRST_ADMIN}","password":"${password}"}' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`,
    `  curl -s '${base}/v1/jobs/latest?job_type=neonsan' -H "Authorization: $TOKEN"`,
    '',
  );
  return `${lines.join('\n')}\n`;
}
