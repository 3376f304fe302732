import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { connectRedis, type RedisLink } from '../../adapters/redis/connect.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { ensureServers } from '../support/install-servers.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { quietLog } from '../support/quiet-log.ts';
import { startRedis } from '../support/redis.ts';

before(() => ensureServers({ mariadb: false, redis: true }));

describe('the link to Redis', () => {
  let redis: PrivateServer;
  let link: RedisLink;
  before(async () => void (redis = await startRedis()));
  after(() => redis.stop());
  beforeEach(async () => {
    link = connectRedis(redis.url, {}, quietLog);
    await link.greeted(5_000);
  });
  afterEach(() => link.close());

  const known = (): boolean => link.runId() !== undefined;
  const forgotten = (): boolean => link.runId() === undefined;

  it('knows after the greeting which process it talks to', async () => {
    const info = await link.redis.info('server');
    assert.equal(link.runId()?.split('/')[0], /^run_id:(\S+)/m.exec(info)?.[1]);
  });

  it('speaks to the database that the URL names', async () => {
    const other = connectRedis(`${redis.url}/3`, {}, quietLog);
    await other.greeted(5_000);
    await other.redis.set('key', 'of 3');
    assert.equal(await link.redis.get('key'), null);
    other.close();
  });

  it('forgets the process when it is closed', async () => {
    link.close();
    await eventually('the run id is forgotten', forgotten);
    await assert.rejects(link.redis.get('key'));
  });

  it('forgets the process when the connection is lost, and finds it again', async () => {
    const before = link.runId();
    await link.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => {});
    await eventually('the run id is known again', known);
    assert.equal(link.runId(), before);
  });

  it('knows another process by another run id after a restart', async () => {
    const before = link.runId();
    await redis.restart();
    await eventually('another run id is known', () => known() && link.runId() !== before);
    assert.equal(await link.redis.get('key'), null);
  });

  it('knows by another id, once it asks, a process that was a replica in between', async () => {
    const before = link.runId();
    assert.equal(await link.identify(), before);
    await using other = await startRedis();
    await link.redis.replicaof('127.0.0.1', other.port);
    await eventually('it has taken over the data of the other', async () =>
      /master_link_status:up/.test(await link.redis.info('replication')),
    );
    await link.redis.replicaof('NO', 'ONE');
    assert.equal(link.runId(), before);
    const after = await link.identify();
    assert.notEqual(after, before);
    assert.equal(link.runId(), after);
    assert.equal(after?.split('/')[0], before?.split('/')[0]);
  });

  it('fails commands at once while Redis is away, and sends none of them later', async () => {
    redis.kill('SIGKILL');
    await eventually('the run id is forgotten', forgotten);
    await assert.rejects(link.redis.set('queued', 'yes'));
    await assert.rejects(link.redis.mgetBuffer(['queued']));
    await redis.restart();
    await eventually('the run id is known again', known);
    assert.equal(await link.redis.get('queued'), null);
  });

  it('rejects commands to a frozen Redis, and recovers when it goes on', async () => {
    redis.kill('SIGSTOP');
    try {
      await Promise.all([
        assert.rejects(link.redis.get('key')),
        assert.rejects(link.redis.mgetBuffer(['key'])),
        assert.rejects(link.redis.eval('return 1', 0)),
      ]);
    } finally {
      redis.kill('SIGCONT');
    }
    await eventually('commands are answered again', () =>
      link.redis.ping().then(
        () => known(),
        () => false,
      ),
    );
  });

  it('finds a Redis that it began to connect to while it was frozen', async () => {
    redis.kill('SIGSTOP');
    const early = connectRedis(redis.url, {}, quietLog);
    await early.greeted(700);
    assert.equal(early.runId(), undefined);
    redis.kill('SIGCONT');
    await eventually('the run id is known', () => early.runId() !== undefined);
    early.close();
  });
});

describe('the link to a Redis that is not there', () => {
  it('gives up the greeting in the end, and keeps connecting', async () => {
    const port = await freePort();
    const link = connectRedis(`redis://127.0.0.1:${port}`, {}, quietLog);
    await link.greeted(100);
    assert.equal(link.runId(), undefined);
    await assert.rejects(link.redis.get('key'));
    await using redis = await startRedis({ port });
    await eventually('the run id is known', () => link.runId() !== undefined);
    assert.match(String(link.runId()), /^[0-9a-f]{40}\/[0-9a-f]{20}$/);
    link.close();
    await redis.stop();
  });
});

describe('the link to a Redis Cluster', () => {
  it('is refused with a message that names the setting', async () => {
    await using cluster = await startRedis({ args: ['--cluster-enabled', 'yes'] });
    const link = connectRedis(cluster.url, {}, quietLog);
    await assert.rejects(link.greeted(10_000), /REDIS_URL.*Cluster/s);
    assert.equal(link.runId(), undefined);
    link.close();
  });
});

describe('the link to a Redis that asks for a password', () => {
  it('logs in with the password of the URL, percent-decoded', async () => {
    await using redis = await startRedis();
    const url = new URL(redis.url);
    const first = connectRedis(redis.url, {}, quietLog);
    await first.greeted(5_000);
    await first.redis.config('SET', 'requirepass', 'p@ss/word');
    first.close();
    const link = connectRedis(`redis://:${encodeURIComponent('p@ss/word')}@${url.host}`, {}, quietLog);
    await link.greeted(5_000);
    assert.notEqual(link.runId(), undefined);
    link.close();
  });
});
