import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { join } from 'node:path';
import { connectRedis, type RedisSettings } from '../../adapters/redis/connect.ts';
import { makeCertificate } from '../support/certificate.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/folder.ts';
import { ensureServers } from '../support/install-servers.ts';
import { quietLog } from '../support/quiet-log.ts';
import { startSentinelSet, type SentinelSet } from '../support/sentinel.ts';

before(() => ensureServers({ mariadb: false, redis: true }));

/** What became of a greeting of so many ms: the run id of whom the link leads to, or what went wrong. */
async function greet(url: string, settings: RedisSettings, patience = 5_000): Promise<string | undefined> {
  const link = connectRedis(url, settings, quietLog);
  try {
    await link.greeted(patience);
    return link.runId()?.split('/')[0] ?? link.trouble();
  } finally {
    link.close();
  }
}

async function runIdOf(set: SentinelSet): Promise<string | undefined> {
  const redis = set.client(await set.master());
  try {
    return /^run_id:(\S+)/m.exec(await redis.info('server'))?.[1];
  } finally {
    redis.disconnect();
  }
}

describe('the link to a Sentinel set', () => {
  let set: SentinelSet;
  before(async () => void (set = await startSentinelSet()));
  after(() => set[Symbol.asyncDispose]());

  it('leads to the master', async () => {
    assert.equal(await greet(set.url, {}), await runIdOf(set));
  });

  it('is found though the first sentinel is frozen, and though it is gone', async () => {
    const [first] = set.sentinels;
    first!.kill('SIGSTOP');
    try {
      assert.equal(await greet(set.url, {}), await runIdOf(set));
    } finally {
      first!.kill('SIGCONT');
    }
    first!.kill('SIGKILL');
    assert.equal(await greet(set.url, {}), await runIdOf(set));
    await first!.restart();
  });

  it('follows the master to another server, and knows it by another run id', async () => {
    const link = connectRedis(set.url, {}, quietLog);
    try {
      await link.greeted(5_000);
      const before = link.runId();
      const old = await set.master();
      old.kill('SIGKILL');
      await set.masterIsNot(old);
      await eventually('the link leads to the new master', () => {
        const present = link.runId();
        return present !== undefined && present !== before;
      });
      assert.equal(link.runId()?.split('/')[0], await runIdOf(set));
      await old.restart();
    } finally {
      link.close();
    }
  });

  it('hears each stream once, however often nobody is found', async () => {
    const link = connectRedis(set.url, {}, quietLog);
    try {
      await link.greeted(5_000);
      const { stream } = link.redis;
      const listeners = stream.listenerCount('error');
      let errors = 0;
      link.redis.on('error', () => errors++);
      for (const each of [...set.sentinels, ...set.servers]) each.kill('SIGKILL');
      await eventually('it was looked for in vain', () => errors > 12);
      assert.equal(stream.listenerCount('error'), listeners);
    } finally {
      link.close();
    }
  });
});

describe('the link to a Sentinel set with passwords and TLS', () => {
  const login = { password: 'of-the-s/rvers', sentinelPassword: 'of-the-sentinels' };
  let set: SentinelSet;
  let caFile: string;
  let sentinel: { password: string; caFile: string };
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
    await makeCertificate(folder.path);
    caFile = join(folder.path, 'fullchain.pem');
    sentinel = { password: login.sentinelPassword, caFile };
    set = await startSentinelSet({ ...login, tls: folder.path });
  });
  after(async () => {
    await set[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('leads to the master with all that is needed', async () => {
    assert.match(set.url, /^sentinels:\/\/:of-the-s%2Frvers@/);
    assert.equal(await greet(set.url, { caFile, sentinel }), await runIdOf(set));
  });

  it('is TLS to servers and sentinels where the files of certificates alone say so', async () => {
    const plain = set.url.replace('sentinels:', 'sentinel:');
    assert.equal(await greet(plain, { caFile, sentinel }), await runIdOf(set));
  });

  const lacks: Readonly<Record<string, (url: string) => Promise<string | undefined>>> = {
    'the password of the servers': (url) => greet(url.replace(/:[^:@]*@/, ''), { caFile, sentinel }, 1_500),
    'the password of the sentinels': (url) => greet(url, { caFile, sentinel: { caFile } }, 1_500),
    'the right password of the sentinels': (url) =>
      greet(url, { caFile, sentinel: { caFile, password: 'x' } }, 1_500),
    'trust in the sentinels': (url) =>
      greet(url, { caFile, sentinel: { password: login.sentinelPassword } }, 1_500),
    'trust in the servers': (url) => greet(url, { sentinel }, 1_500),
  };
  for (const [what, without] of Object.entries(lacks)) {
    it(`leads nowhere without ${what}, and says why`, async () => {
      const said = await without(set.url);
      assert.match(String(said), /NOAUTH|WRONGPASS|certificate|sentinels are unreachable/i);
      assert.notEqual(said, await runIdOf(set));
    });
  }
});
