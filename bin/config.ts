import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PASSWORD_CIPHERS, type PasswordCipher } from '../adapters/action/passwords.ts';
import { trustProxies } from '../adapters/http/request.ts';
import { readRedisAddress } from '../adapters/redis/address.ts';
import { EMAIL_PATTERN } from '../schemas/user.ts';

/** One setting: where it comes from, what it may be, and a line for the README's table. */
interface Setting<Value> {
  readonly name: string;
  /** Undefined: the setting may be left out. */
  readonly absent: Value;
  /** @throws Error whose message completes "NAME must …" */
  readonly parse: (text: string) => Value;
  /** A value that may come from the file that NAME_FILE names, and is never shown. */
  readonly secret?: boolean;
}

const must = (what: string): never => {
  throw new Error(what);
};

const integer =
  (least: number, most: number) =>
  (text: string): number =>
    /^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most
      ? Number(text)
      : must(`be a whole number from ${least} to ${most}`);

const oneOf =
  <Word extends string>(...words: Word[]) =>
  (text: string): Word =>
    words.find((word) => word === text) ?? must(`be one of ${words.join(', ')}`);

const databaseUrl = (text: string): string =>
  text.startsWith('mysql://') && URL.canParse(text) && /^\/[^/]+$/.test(new URL(text).pathname)
    ? text
    : must('name a server and a database, as in mysql://user:password@host:3306/jobgate');

const replicaUrls = (text: string): readonly string[] =>
  text.split(',').map((url) => databaseUrl(url.trim()));

const redisUrl = (text: string): string =>
  readRedisAddress(text)
    ? text
    : must('be redis://host:6379, rediss://host:6379, or sentinel://host:26379,host:26379/name');

const timeZone = (text: string): string => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return must('be an IANA time zone such as Asia/Shanghai');
  }
};

const path = (text: string): string =>
  /^(\/[A-Za-z0-9_-]+)+$/.test(text) && !text.startsWith('/v1') ? text : must('be a path such as /iaas');

const password = (text: string): string => (text.length >= 8 ? text : must('have at least 8 characters'));

const encryptionKeys = (text: string): readonly Buffer[] => {
  const keys = text.split(',').map((each) => Buffer.from(each.trim(), 'base64'));
  return keys.every((key) => key.length === 32)
    ? keys
    : must('be the base64 of 32 random bytes, or several of them, separated by commas, the newest first');
};

const privateKey = (text: string): string => {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'rsa' && Number(key.asymmetricKeyDetails?.modulusLength) >= 2048)
      return text;
  } catch {
    // The message below says what it must be.
  }
  return must('be an RSA private key of 2048 bits or more, in PEM');
};

const ciphers = (text: string): readonly PasswordCipher[] => {
  const words = text.split(',').map((each) => each.trim());
  const found = PASSWORD_CIPHERS.filter((cipher) => words.includes(cipher));
  return found.length === words.length ? found : must(`list some of ${PASSWORD_CIPHERS.join(', ')}`);
};

const proxies = (text: string): readonly string[] => {
  const list = text.split(',').map((each) => each.trim());
  try {
    trustProxies(list);
    return list;
  } catch {
    return must('list addresses, networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal');
  }
};

const isOrigin = (text: string): boolean =>
  text === '*' || (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text);

const origins = (text: string): readonly string[] => {
  const list = text.split(',').map((each) => each.trim());
  return list.every(isOrigin) ? list : must('list origins such as https://console.example.com, or be *');
};

const smtpUrl = (text: string): string => {
  const url = /^smtps?:\/\/[^/]/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  return url?.hostname && /^\/?$/.test(url.pathname) && url.search === '' && url.hash === ''
    ? text
    : must('be smtp://user:password@host:587 or smtps://user:password@host:465');
};

const mailFrom = (text: string): string => {
  const address = /^[^<>,"\r\n]*<([^<>]+)>$/.exec(text)?.[1] ?? text;
  return new RegExp(EMAIL_PATTERN, 'u').test(address)
    ? text
    : must('be an address such as jobgate@example.com, or a name and one: jobgate <jobgate@example.com>');
};

const pageUrl = (text: string): string =>
  /^https?:\/\//.test(text) && URL.canParse(text) && !/[?#\s]/.test(text)
    ? text
    : must('be where the pages for users are, such as https://console.example.com');

const otlpEndpoint = (text: string): string =>
  /^https?:\/\/[^/]/.test(text) && URL.canParse(text) && !/[?#\s]/.test(text)
    ? text
    : must('be where traces are sent by OTLP over HTTP, such as http://collector:4318');

/** As the specification of OpenTelemetry writes them: `name=value,name=value`, values percent-encoded. */
const otlpHeaders = (text: string): Readonly<Record<string, string>> => {
  const pairs = text.split(',').map((each) => /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(.*?)\s*$/.exec(each) ?? []);
  try {
    return Object.fromEntries(
      pairs.map(([, name, value = '']) => [name ?? must('have a name'), decodeURIComponent(value)]),
    );
  } catch {
    return must('list headers as name=value, separated by commas');
  }
};

const ratio = (text: string): number =>
  /^(0|1|0?\.\d{1,6}|1\.0+|0\.0+)$/.test(text) ? Number(text) : must('be a number from 0 to 1');

const readableFile = (text: string): string => {
  try {
    readFileSync(text);
    return text;
  } catch {
    return must('name a file that can be read');
  }
};

const setting = <Value>(name: string, absent: Value, parse: (text: string) => Value): Setting<Value> => ({
  name,
  absent,
  parse,
});
const secret = <Value>(name: string, parse: (text: string) => Value): Setting<Value | undefined> => ({
  name,
  absent: undefined,
  parse,
  secret: true,
});
const caFile = (name: string): Setting<string | undefined> => setting(name, undefined, readableFile);

/** Every setting. The README's table has a line for each, which a test compares. */
export const settings = {
  host: setting('HOST', '127.0.0.1', (text) => text),
  port: setting('PORT', 8080, integer(0, 65_535)),
  adminPort: setting<number | undefined>('ADMIN_PORT', undefined, integer(0, 65_535)),
  databaseUrl: secret('DATABASE_URL', databaseUrl),
  databaseCaFile: caFile('DATABASE_CA_FILE'),
  databaseReplicaUrls: secret('DATABASE_REPLICA_URL', replicaUrls),
  listMaxLag: setting('LIST_MAX_LAG_MS', 0, integer(0, 3_600_000)),
  databasePoolSize: setting('DATABASE_POOL_SIZE', 20, integer(4, 500)),
  redisUrl: secret('REDIS_URL', redisUrl),
  redisCaFile: caFile('REDIS_CA_FILE'),
  sentinelUsername: setting<string | undefined>('SENTINEL_USERNAME', undefined, (text) => text),
  sentinelPassword: secret('SENTINEL_PASSWORD', (text) => text),
  sentinelCaFile: caFile('SENTINEL_CA_FILE'),
  cacheTtl: setting('CACHE_TTL_MS', 3_000, integer(100, 60_000)),
  dataDir: setting('DATA_DIR', './data', (text) => text),
  migrateOnStart: setting<'on' | 'off'>('MIGRATE_ON_START', 'on', oneOf('on', 'off')),
  bootstrapAdminPassword: secret('BOOTSTRAP_ADMIN_PASSWORD', password),
  actionPath: setting('ACTION_PATH', '/iaas', path),
  actionTimeZone: setting('ACTION_TIME_ZONE', 'Asia/Shanghai', timeZone),
  passwordInQuery: setting<'allow' | 'refuse'>('PASSWORD_IN_QUERY', 'refuse', oneOf('allow', 'refuse')),
  passwordCiphers: setting<readonly PasswordCipher[]>('PASSWORD_CIPHERS', PASSWORD_CIPHERS, ciphers),
  passwordOverHttp: setting<'allow' | 'refuse'>('PASSWORD_OVER_HTTP', 'allow', oneOf('allow', 'refuse')),
  passwordPrivateKey: secret('PASSWORD_PRIVATE_KEY', privateKey),
  keyEncryptionKeys: secret('KEY_ENCRYPTION_KEY', encryptionKeys),
  signatureWindow: setting('SIGNATURE_WINDOW_SECONDS', 60, integer(1, 3_600)),
  tokenTtl: setting('TOKEN_TTL_SECONDS', 86_400, integer(1, 31_536_000)),
  loginFailuresPerUser: setting('LOGIN_FAILURES_PER_USER', 10, integer(1, 1_000_000)),
  loginFailuresPerAddress: setting('LOGIN_FAILURES_PER_ADDRESS', 100, integer(1, 1_000_000)),
  loginFailureWindow: setting('LOGIN_FAILURE_WINDOW_SECONDS', 900, integer(1, 86_400)),
  smtpUrl: secret('SMTP_URL', smtpUrl),
  mailFrom: setting<string | undefined>('MAIL_FROM', undefined, mailFrom),
  publicUrl: setting<string | undefined>('PUBLIC_URL', undefined, pageUrl),
  linksPerEmail: setting('LINKS_PER_EMAIL', 5, integer(1, 1_000_000)),
  linksPerAddress: setting('LINKS_PER_ADDRESS', 50, integer(1, 1_000_000)),
  bodyLimit: setting('BODY_LIMIT_BYTES', 1_048_576, integer(1_024, 104_857_600)),
  callLimit: setting('CALL_LIMIT', 1_000, integer(1, 100_000)),
  connectionLimit: setting('CONNECTION_LIMIT', 10_000, integer(1, 1_000_000)),
  corsOrigins: setting<readonly string[]>('CORS_ORIGINS', [], origins),
  rateLimit: setting<number | undefined>('RATE_LIMIT_PER_MINUTE', undefined, integer(1, 1_000_000)),
  trustedProxies: setting<readonly string[]>('TRUSTED_PROXIES', [], proxies),
  janitorInterval: setting('JANITOR_INTERVAL_SECONDS', 300, integer(0, 86_400)),
  retentionDays: setting<number | undefined>('RETENTION_DAYS', undefined, integer(1, 36_500)),
  drainDelay: setting('DRAIN_DELAY_MS', 0, integer(0, 600_000)),
  drainIdle: setting('DRAIN_IDLE_MS', 3_000, integer(0, 600_000)),
  drainTimeout: setting('DRAIN_TIMEOUT_MS', 10_000, integer(0, 600_000)),
  otlpEndpoint: setting<string | undefined>('OTEL_EXPORTER_OTLP_ENDPOINT', undefined, otlpEndpoint),
  otlpHeaders: secret('OTEL_EXPORTER_OTLP_HEADERS', otlpHeaders),
  serviceName: setting('OTEL_SERVICE_NAME', 'jobgate', (text) => text),
  tracesKept: setting('OTEL_TRACES_SAMPLER_ARG', 1, ratio),
  logLevel: setting('LOG_LEVEL', 'info', oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')),
};

/** What the process was told to do, with defaults filled in. Times are in the units that the names say. */
export type Config = {
  readonly [Name in keyof typeof settings]: (typeof settings)[Name] extends Setting<infer Value>
    ? Value
    : never;
};

/** Settings that cannot be used, each with what is wrong with it. */
export class WrongSettings extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`wrong settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'WrongSettings';
    this.problems = problems;
  }
}

/**
 * Reads every setting. An empty value counts as absent.
 * @throws WrongSettings with all that is wrong
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(settings) as [string, Setting<unknown>][]) {
    config[key] = each.absent;
    try {
      const text = readText(each, environment);
      if (text !== undefined) config[key] = each.parse(text);
    } catch (thrown) {
      problems.push(`${each.name} must ${(thrown as Error).message}`);
    }
  }
  if (config.redisUrl !== undefined && config.databaseUrl === undefined) {
    problems.push(
      'REDIS_URL must not be set without DATABASE_URL: the embedded store has a cache of its own',
    );
  }
  if (config.databaseReplicaUrls !== undefined && config.databaseUrl === undefined) {
    problems.push('DATABASE_REPLICA_URL must not be set without DATABASE_URL');
  }
  if ((config.databaseReplicaUrls === undefined) !== (config.listMaxLag === 0)) {
    const isWrong = problems.some((problem) => /^(DATABASE_REPLICA_URL|LIST_MAX_LAG_MS) /.test(problem));
    if (!isWrong) problems.push('LIST_MAX_LAG_MS must be set together with DATABASE_REPLICA_URL');
  }
  const toSentinels = /^sentinels?:/.test(String(config.redisUrl));
  for (const key of ['sentinelUsername', 'sentinelPassword', 'sentinelCaFile'] as const) {
    if (config[key] !== undefined && config.redisUrl !== undefined && !toSentinels) {
      problems.push(`${settings[key].name} must not be set where REDIS_URL is not sentinel://`);
    }
  }
  const fromIsWrong = problems.some((problem) => problem.startsWith('MAIL_FROM '));
  if (config.smtpUrl !== undefined && config.mailFrom === undefined && !fromIsWrong) {
    problems.push('MAIL_FROM must be set with SMTP_URL: it is who the mails are from');
  }
  if (problems.length > 0) throw new WrongSettings(problems);
  return config as Config;
}

function readText(
  { name, secret: mayBeInFile }: Setting<unknown>,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const direct = environment[name];
  const file = mayBeInFile ? environment[`${name}_FILE`] : undefined;
  if (direct && file) must(`not be set together with ${name}_FILE`);
  if (!file) return direct === '' ? undefined : direct;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return must(`be readable: ${name}_FILE names ${file}, which is not`);
  }
}
