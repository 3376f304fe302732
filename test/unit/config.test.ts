import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfig, settings, WrongSettings } from '../../bin/config.ts';

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(environment);
  } catch (thrown) {
    if (thrown instanceof WrongSettings) return thrown.problems;
    throw thrown;
  }
  return [];
}

/** The names of what is wrong. */
const wrong = (environment: NodeJS.ProcessEnv): string[] =>
  problemsOf(environment).map((problem) => problem.split(' ')[0] ?? '');

const MYSQL = 'mysql://user@db.example/jobgate';

describe('the settings', () => {
  it('have defaults that run the gateway with nothing set', () => {
    const config = readConfig({});
    assert.equal(config.host, '127.0.0.1');
    assert.equal(config.port, 8080);
    assert.equal(config.adminPort, undefined);
    assert.equal(config.databaseUrl, undefined);
    assert.equal(config.redisUrl, undefined);
    assert.equal(config.dataDir, './data');
    assert.equal(config.migrateOnStart, 'on');
    assert.equal(config.actionPath, '/iaas');
    assert.equal(config.actionTimeZone, 'Asia/Shanghai');
    assert.equal(config.passwordInQuery, 'refuse');
    assert.equal(config.cacheTtl, 3_000);
    assert.deepEqual(config.trustedProxies, []);
  });

  it('count as absent where they are empty', () => {
    const empty = Object.fromEntries(Object.values(settings).map(({ name }) => [name, '']));
    assert.deepEqual(readConfig(empty), readConfig({}));
  });

  it('do not look at the variables of others', () => {
    assert.deepEqual(readConfig({ PATH: '/bin', port: '1', JOBGATE_PORT: '1' }), readConfig({}));
  });

  it('are read as what they mean', () => {
    const config = readConfig({
      PORT: '0',
      ADMIN_PORT: '9090',
      DATABASE_URL: MYSQL,
      REDIS_URL: 'sentinel://a:26379,b:26379/main',
      TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1',
      ACTION_PATH: '/api/iaas',
      LOG_LEVEL: 'silent',
    });
    assert.equal(config.port, 0);
    assert.equal(config.adminPort, 9090);
    assert.equal(config.redisUrl, 'sentinel://a:26379,b:26379/main');
    assert.deepEqual(config.trustedProxies, ['10.0.0.0/8', '127.0.0.1']);
    assert.equal(config.actionPath, '/api/iaas');
    assert.equal(config.logLevel, 'silent');
  });

  const mistakes: Readonly<Record<string, readonly string[]>> = {
    PORT: ['x', '-1', '65536', '80.5', ' 80', '0x50', '1e3'],
    ADMIN_PORT: ['x', '65536'],
    DATABASE_URL: ['postgres://a/b', 'mysql:/a', 'mysql://host', 'mysql://host/', 'host/name', 'mysql://'],
    DATABASE_POOL_SIZE: ['3', '501', 'many'],
    LIST_MAX_LAG_MS: ['-1', '3600001', '1s'],
    CALL_LIMIT: ['0', '100001'],
    CONNECTION_LIMIT: ['0', 'all'],
    CACHE_TTL_MS: ['99', '60001', '3s'],
    MIGRATE_ON_START: ['yes', 'ON', 'true'],
    BOOTSTRAP_ADMIN_PASSWORD: ['short', '1234567'],
    ACTION_PATH: ['iaas', '/', '/iaas/', '/a b', '//a', '/v1', '/v1/a', '/:a'],
    ACTION_TIME_ZONE: ['Asia', 'Mars/Olympus', 'Asia/Shanghai '],
    PASSWORD_IN_QUERY: ['yes', 'deny'],
    TOKEN_TTL_SECONDS: ['0', '-1', '1d'],
    LOGIN_FAILURES_PER_USER: ['0', 'x'],
    LOGIN_FAILURES_PER_ADDRESS: ['0', 'x'],
    LOGIN_FAILURE_WINDOW_SECONDS: ['0', '86401'],
    MAIL_FROM: [
      'nobody',
      'a@b.example, c@d.example',
      'Name <nobody>',
      'Na\r\nBcc: x@y.example <a@b.example>',
    ],
    PUBLIC_URL: ['console.example.com', 'ftp://a', 'https://a/?q=1', 'https://a/#x', 'javascript:alert(1)'],
    LINKS_PER_EMAIL: ['0', 'x'],
    LINKS_PER_ADDRESS: ['0', 'x'],
    BODY_LIMIT_BYTES: ['1023', '104857601', '1MB'],
    TRUSTED_PROXIES: ['nonsense', '10.0.0.0/99', '10.0.0.1,,10.0.0.2'],
    DRAIN_DELAY_MS: ['-1', '600001', '5s'],
    DRAIN_IDLE_MS: ['-1', 'x'],
    DRAIN_TIMEOUT_MS: ['-1', 'x'],
    LOG_LEVEL: ['loud', 'INFO'],
    DATABASE_CA_FILE: ['/nowhere/ca.pem'],
    REDIS_CA_FILE: ['/nowhere/ca.pem'],
    SENTINEL_CA_FILE: ['/nowhere/ca.pem'],
  };
  for (const [name, values] of Object.entries(mistakes)) {
    it(`refuse a wrong ${name}`, () => {
      for (const value of values) assert.deepEqual(wrong({ [name]: value }), [name], value);
    });
  }

  it('refuse a wrong SMTP_URL', () => {
    for (const value of [
      'mail.example.com',
      'http://a',
      'smtp://',
      'smtp://a/path',
      'smtp://a?b=c',
      'smtp:a',
    ]) {
      assert.deepEqual(wrong({ SMTP_URL: value, MAIL_FROM: 'a@b.example' }), ['SMTP_URL'], value);
    }
  });

  it('refuse to send mails from nobody, and say it once', () => {
    assert.deepEqual(wrong({ SMTP_URL: 'smtp://a' }), ['MAIL_FROM']);
    assert.deepEqual(wrong({ SMTP_URL: 'smtp://a', MAIL_FROM: 'nobody' }), ['MAIL_FROM']);
    const config = readConfig({ SMTP_URL: 'smtps://n:p%20w@a:465', MAIL_FROM: 'jobgate 通知 <a@b.example>' });
    assert.equal(config.mailFrom, 'jobgate 通知 <a@b.example>');
  });

  it('refuse a collector of traces that is none, headers that are none, and parts that are no parts', () => {
    for (const [name, values] of [
      [
        'OTEL_EXPORTER_OTLP_ENDPOINT',
        ['collector:4318', 'grpc://a:4317', 'http://', 'http://a/?b=c', 'http://a b'],
      ],
      ['OTEL_EXPORTER_OTLP_HEADERS', ['name', '=value', 'a b=c', 'a=%zz', 'a=b,,c=d']],
      ['OTEL_TRACES_SAMPLER_ARG', ['2', '-1', 'all', '1.5', '0.']],
    ] as const) {
      for (const value of values) assert.deepEqual(wrong({ [name]: value }), [name], value);
    }
    const { otlpHeaders, tracesKept } = readConfig({
      OTEL_EXPORTER_OTLP_HEADERS: 'a=b%2Cc, d-e=f=g',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    });
    assert.deepEqual([otlpHeaders, tracesKept], [{ a: 'b,c', 'd-e': 'f=g' }, 0.25]);
  });

  it('refuse a wrong REDIS_URL', () => {
    for (const value of ['http://a', 'redis:/a', 'localhost:6379', 'redis://', 'redis://a:x']) {
      assert.deepEqual(wrong({ DATABASE_URL: MYSQL, REDIS_URL: value }), ['REDIS_URL'], value);
    }
  });

  it('take passwords, TLS and IPv6 for a Sentinel set', () => {
    for (const value of [
      'sentinel://:p%40ss@a,b:26380/main',
      'sentinels://user:pass@a/main',
      'sentinel://[::1]:26379,10.0.0.2/main',
    ]) {
      assert.deepEqual(wrong({ DATABASE_URL: MYSQL, REDIS_URL: value, SENTINEL_PASSWORD: 'x' }), [], value);
    }
  });

  it('refuse a password for sentinels where there are none', () => {
    const environment = { DATABASE_URL: MYSQL, REDIS_URL: 'redis://a', SENTINEL_PASSWORD: 'x' };
    assert.deepEqual(wrong(environment), ['SENTINEL_PASSWORD']);
  });

  it('take replicas of the database, together with the lag that is allowed', () => {
    const environment = { DATABASE_URL: MYSQL, DATABASE_REPLICA_URL: `${MYSQL}, ${MYSQL}2` };
    const config = readConfig({ ...environment, LIST_MAX_LAG_MS: '1000' });
    assert.deepEqual(config.databaseReplicaUrls, [MYSQL, `${MYSQL}2`]);
    assert.equal(config.listMaxLag, 1_000);
    assert.deepEqual(wrong(environment), ['LIST_MAX_LAG_MS']);
    assert.deepEqual(wrong({ DATABASE_URL: MYSQL, LIST_MAX_LAG_MS: '1000' }), ['LIST_MAX_LAG_MS']);
    const elsewhere = { LIST_MAX_LAG_MS: '1000', DATABASE_REPLICA_URL: MYSQL };
    assert.deepEqual(wrong(elsewhere), ['DATABASE_REPLICA_URL']);
    const broken = {
      DATABASE_URL: MYSQL,
      LIST_MAX_LAG_MS: '1000',
      DATABASE_REPLICA_URL: `${MYSQL},redis://a`,
    };
    assert.deepEqual(wrong(broken), ['DATABASE_REPLICA_URL']);
  });

  it('refuse sentinels without hosts, or without the name of their set', () => {
    for (const value of [
      'sentinel://',
      'sentinel:///main',
      'sentinel://a:26379',
      'sentinel://a:26379/',
      'sentinel://a,/m',
      'sentinel://a:x/m',
    ]) {
      assert.deepEqual(wrong({ DATABASE_URL: MYSQL, REDIS_URL: value }), ['REDIS_URL'], value);
    }
  });

  it('refuse a number of a Redis database that is none', () => {
    for (const value of ['redis://a/x', 'redis://a/-1', 'redis://a/1/2']) {
      assert.deepEqual(wrong({ DATABASE_URL: MYSQL, REDIS_URL: value }), ['REDIS_URL'], value);
    }
  });

  it('refuse a cache without a database', () => {
    const [problem] = problemsOf({ REDIS_URL: 'redis://a' });
    assert.match(String(problem), /REDIS_URL.*DATABASE_URL/);
  });

  it('are told all at once where several are wrong, each with what it must be', () => {
    const environment = { PORT: 'x', LOG_LEVEL: 'loud', ACTION_PATH: 'iaas', REDIS_URL: 'redis://a' };
    assert.deepEqual(wrong(environment).toSorted(), ['ACTION_PATH', 'LOG_LEVEL', 'PORT', 'REDIS_URL']);
    for (const problem of problemsOf(environment)) assert.match(problem, /^[A-Z_]+ must /);
    assert.throws(
      () => readConfig(environment),
      (thrown: Error) => Object.keys(environment).every((name) => thrown.message.includes(name)),
    );
  });

  it('do not show a secret that is wrong', () => {
    const told = problemsOf({
      DATABASE_URL: 'mysql://user:hunter2@host',
      BOOTSTRAP_ADMIN_PASSWORD: 'hunter2',
    });
    assert.equal(told.length, 2);
    assert.doesNotMatch(told.join(), /hunter2/);
  });
});

describe('a secret in a file', () => {
  let folder: string;
  const file = (text: string): string => {
    const path = join(folder, 'secret');
    writeFileSync(path, text);
    return path;
  };
  before(() => void (folder = mkdtempSync(join(tmpdir(), 'jobgate-config-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('is read without the end of the line', () => {
    for (const end of ['', '\n', '\r\n']) {
      const config = readConfig({
        DATABASE_URL_FILE: file(`${MYSQL}${end}`),
        REDIS_URL: 'redis://a',
      });
      assert.equal(config.databaseUrl, MYSQL);
    }
  });

  it('may be any secret', () => {
    assert.equal(
      readConfig({ BOOTSTRAP_ADMIN_PASSWORD_FILE: file('a good password') }).bootstrapAdminPassword,
      'a good password',
    );
    const redis = { DATABASE_URL: MYSQL, REDIS_URL_FILE: file('redis://:x@a/3') };
    assert.equal(readConfig(redis).redisUrl, 'redis://:x@a/3');
  });

  it('is judged as if it had been given directly', () => {
    assert.deepEqual(wrong({ DATABASE_URL_FILE: file('postgres://a/b') }), ['DATABASE_URL']);
  });

  it('is refused together with the secret itself', () => {
    const [problem] = problemsOf({ DATABASE_URL: MYSQL, DATABASE_URL_FILE: file(MYSQL) });
    assert.match(String(problem), /^DATABASE_URL must not.*DATABASE_URL_FILE/);
  });

  it('is refused by name where the file cannot be read', () => {
    const path = join(folder, 'none');
    const [problem] = problemsOf({ DATABASE_URL_FILE: path });
    assert.match(String(problem), /^DATABASE_URL must .*DATABASE_URL_FILE/);
    assert.ok(problem?.includes(path));
    assert.deepEqual(wrong({ REDIS_URL_FILE: folder }), ['REDIS_URL']);
  });

  it('is of no account where the name of the file is empty', () => {
    assert.equal(readConfig({ DATABASE_URL: MYSQL, DATABASE_URL_FILE: '' }).databaseUrl, MYSQL);
  });

  it('is not looked for where the setting is no secret', () => {
    assert.equal(readConfig({ PORT_FILE: file('1') }).port, 8080);
  });
});
