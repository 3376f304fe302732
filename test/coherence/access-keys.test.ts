import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { openDatabase, openGateway, type OpenGateway } from '../../bin/open-gateway.ts';
import { changeKey, removeKeys } from '../../src/accounts/manage-keys.ts';
import { BY_COMMAND } from '../../bin/commands/by-command.ts';
import { changeUser } from '../../src/accounts/change-user.ts';
import { callAction } from '../support/clients.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { ensureServers } from '../support/install-servers.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { quietLog } from '../support/quiet-log.ts';
import { startRedis } from '../support/redis.ts';
import { callSigned, newKey, type TestKey } from '../support/sign.ts';

const anyone = (): boolean => true;
const ASKED = { action: 'DescribeJobs', jobs: 'j-68mbPHJU', lang: 'en' };

/** The core of a third process, such as the command line. */
type Elsewhere = Pick<OpenGateway, 'ports' | 'close'>;

describe('access keys on several instances', () => {
  let redis: PrivateServer;
  let first: TestGateway;
  let second: TestGateway;
  let elsewhere: Elsewhere;
  let users = 0;

  before(async () => {
    await ensureServers({ mariadb: false, redis: true });
    redis = await startRedis();
    first = await startGateway('servers', { REDIS_URL: redis.url, CACHE_TTL_MS: '300' });
    second = await first.sibling();
    elsewhere = await openElsewhere();
  });
  after(async () => {
    await elsewhere.close();
    await first[Symbol.asyncDispose]();
    await redis.stop();
  });

  function openElsewhere(): Promise<Elsewhere> {
    return openGateway(first.config, openDatabase(first.config), quietLog);
  }

  const code = async (gateway: TestGateway, key: TestKey): Promise<number> =>
    (await callSigned(gateway, key, ASKED)).body.ret_code;
  const codes = async (key: TestKey): Promise<number[]> => [await code(second, key), await code(first, key)];

  /** A user of its own with keys that both instances have used and remember. */
  async function warmKeys(count: number): Promise<{ userId: string; keys: TestKey[] }> {
    const userId = `usr-key${++users}`;
    await first.addUser(userId, 'user');
    const keys: TestKey[] = [];
    for (let i = 0; i < count; i++) keys.push(await newKey(first, userId));
    for (const key of [...keys, ...keys]) assert.deepEqual(await codes(key), [0, 0]);
    return { userId, keys };
  }

  /** Ways in which a key ends, and, where there is one, the way back. */
  const ends: Record<
    string,
    [
      end: (key: TestKey, userId: string) => Promise<unknown>,
      back?: (key: TestKey, userId: string) => Promise<unknown>,
    ]
  > = {
    'is removed by the action API': [
      ({ id }) => callAction(first, { action: 'DeleteAccessKeys', access_keys: id }),
    ],
    'is removed elsewhere': [({ id }) => removeKeys(elsewhere.ports, [id], anyone, BY_COMMAND)],
    'is disabled by the action API': [
      ({ id }) =>
        callAction(second, { action: 'ModifyAccessKeyAttributes', access_key: id, status: 'disabled' }),
      ({ id }) =>
        callAction(first, { action: 'ModifyAccessKeyAttributes', access_key: id, status: 'active' }),
    ],
    'is disabled elsewhere': [
      ({ id }) => changeKey(elsewhere.ports, id, { status: 'disabled' }, anyone, BY_COMMAND),
      ({ id }) => changeKey(elsewhere.ports, id, { status: 'active' }, anyone, BY_COMMAND),
    ],
    'belongs to a user who is not active any more': [
      (_key, userId) => changeUser(elsewhere.ports, userId, { active: false }, BY_COMMAND),
      (_key, userId) => changeUser(elsewhere.ports, userId, { active: true }, BY_COMMAND),
    ],
    'removes itself': [(key) => callSigned(second, key, { action: 'DeleteAccessKeys', access_keys: key.id })],
  };
  for (const [how, [end, back]] of Object.entries(ends)) {
    it(`signs nothing on any instance as soon as it ${how}`, async () => {
      const { userId, keys } = await warmKeys(1);
      const [key] = keys as [TestKey];
      for (let round = 0; round < (back ? 5 : 1); round++) {
        await end(key, userId);
        assert.deepEqual(await codes(key), [1200, 1200]);
        await back?.(key, userId);
        if (back) assert.deepEqual(await codes(key), [0, 0]);
      }
    });
  }

  it('stay good when another key of the user ends, or is renamed', async () => {
    const { keys } = await warmKeys(3);
    const [one, other, third] = keys as [TestKey, TestKey, TestKey];
    await removeKeys(elsewhere.ports, [one.id], anyone, BY_COMMAND);
    await changeKey(elsewhere.ports, other.id, { accessKeyName: 'renamed' }, anyone, BY_COMMAND);
    assert.deepEqual(
      [await codes(one), await codes(other), await codes(third)],
      [
        [1200, 1200],
        [0, 0],
        [0, 0],
      ],
    );
  });

  it('show all jobs to a new operator, and hide them again, from the next call on', async () => {
    const { userId, keys } = await warmKeys(1);
    const total = async (gateway: TestGateway) =>
      (await callSigned(gateway, keys[0] as TestKey, ASKED)).body.total_count;
    for (const [role, seen] of [
      ['operator', 1],
      ['user', 0],
      ['admin', 1],
    ] as const) {
      await changeUser(elsewhere.ports, userId, { role }, BY_COMMAND);
      assert.deepEqual([await total(second), await total(first)], [seen, seen]);
    }
  });

  const incidents: Record<string, () => Promise<() => Promise<void>>> = {
    'is killed': async () => {
      redis.kill('SIGKILL');
      return () => redis.restart();
    },
    'is emptied': async () => {
      const client = new Redis(redis.url);
      await client.flushall();
      client.disconnect();
      return async () => {};
    },
    'is frozen': async () => {
      redis.kill('SIGSTOP');
      return async () => redis.kill('SIGCONT');
    },
    'is restarted': async () => {
      await redis.restart();
      return async () => {};
    },
  };
  for (const [incident, happen] of Object.entries(incidents)) {
    it(`end at once also while Redis ${incident}`, async () => {
      const { userId, keys } = await warmKeys(3);
      const [removed, disabled, kept] = keys as [TestKey, TestKey, TestKey];
      const { ports, close } = await openElsewhere();
      const mend = await happen();
      try {
        await removeKeys(ports, [removed.id], anyone, BY_COMMAND);
        assert.deepEqual(await codes(removed), [1200, 1200]);
        await changeKey(ports, disabled.id, { status: 'disabled' }, anyone, BY_COMMAND);
        assert.deepEqual(await codes(disabled), [1200, 1200]);
        assert.deepEqual(await codes(kept), [0, 0]);
      } finally {
        await close();
        await mend();
      }
      for (let left = 15; left > 0; left--) {
        assert.deepEqual(
          [await codes(removed), await codes(disabled)],
          [
            [1200, 1200],
            [1200, 1200],
          ],
        );
        assert.deepEqual(await codes(kept), [0, 0]);
        await sleep(50);
      }
      await changeUser(elsewhere.ports, userId, { active: false }, BY_COMMAND);
      assert.deepEqual(await codes(kept), [1200, 1200]);
    });
  }

  it('leave no secret in Redis, in any table or in the log', async () => {
    const { keys } = await warmKeys(2);
    const client = new Redis(redis.url);
    const values = await Promise.all(
      (await client.keys('*')).map(async (name) => name + (await client.get(name))),
    );
    client.disconnect();
    const { db } = first.database;
    const tables = [
      'access_keys',
      'seen_signatures',
      'users',
      'tokens',
      'jobs',
      'job_events',
      'idempotency_keys',
    ];
    const rows = await Promise.all(tables.map(async (table) => JSON.stringify(await db(table))));
    assert.ok(rows[0]?.includes(keys[0]?.id ?? ''));
    const logs = JSON.stringify([first.logged, second.logged]);
    assert.ok(values.length > 0 && logs.length > 1_000);
    for (const { id, secret } of keys) {
      for (const text of [...values, ...rows, logs]) {
        assert.ok(!text.includes(secret));
        assert.ok(!text.includes(Buffer.from(secret).toString('base64')));
      }
      assert.ok(!logs.includes(id));
    }
  });
});
