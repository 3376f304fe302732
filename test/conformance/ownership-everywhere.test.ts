import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { actionBindings } from '../../adapters/action/bindings.ts';
import { parameterOf } from '../../adapters/action/names.ts';
import { restRoutes } from '../../adapters/rest/answer.ts';
import { toSnake } from '../../adapters/wire/spelling.ts';
import { operationNames, operations, type OperationName } from '../../src/operations/index.ts';
import { actionUser, callAction, callRest, type Answer } from '../support/clients.ts';
import { startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { newKey } from '../support/sign.ts';
import { emptyCache } from './empty-cache.ts';

/** Properties of inputs that name something which belongs to somebody. */
const IDS = ['jobId', 'jobIds', 'userId', 'userIds', 'owner', 'accessKeyId', 'accessKeyIds'] as const;
type Id = (typeof IDS)[number];

/** What an operation needs beside the id, so that nothing but the owner can be in the way. */
const NEEDS: Partial<Record<OperationName, Readonly<Record<string, string>>>> = {
  'create-job': { jobType: 't', jobAction: 'a' },
  'replace-job': { jobType: 't', jobAction: 'a' },
  'report-job': { status: 'working' },
  'change-access-key': { status: 'disabled' },
  'create-user': { password: 'a good password' },
  'change-user': { role: 'admin' },
  'change-password': { newPassword: 'another password', confirmation: 'another password' },
};

/** Every operation that takes an id, with each of its ids: what is added to the catalogue is added here. */
const CASES = operationNames.flatMap((operation) => {
  const { properties = {} } = operations[operation].input as { properties?: object };
  return IDS.filter((id) => id in properties).map((id) => ({ operation, id }));
});

interface Owned {
  readonly userId: string;
  readonly jobId: string;
  readonly accessKeyId: string;
}

for (const store of STORES) {
  describe(`what belongs to another, on the ${store} store`, () => {
    let gateway: TestGateway;
    const owned: Owned[] = [];
    before(async () => {
      gateway = await startGateway(store);
      for (const userId of ['usr-one', 'usr-two']) {
        await gateway.addUser(userId, 'user');
        const content = { action: 'CreateJob', job_type: 't', job_action: 'a' };
        const { body } = await callAction(gateway, content, actionUser(userId));
        owned.push({ userId, jobId: body.job_id, accessKeyId: (await newKey(gateway, userId)).id });
      }
    });
    after(() => gateway[Symbol.asyncDispose]());

    const idOf = (id: Id, { userId, jobId, accessKeyId }: Owned): string =>
      id.startsWith('job') ? jobId : id.startsWith('access') ? accessKeyId : userId;

    const byAction = async (
      operation: OperationName,
      id: Id,
      caller: Owned,
      about: Owned,
    ): Promise<Answer[]> => {
      const binding = actionBindings[operation];
      if (!binding) return [];
      const more = Object.entries(NEEDS[operation] ?? {}).map(([name, value]) => [
        toSnake(name),
        /password|confirmation/i.test(name) ? Buffer.from(value).toString('base64') : value,
      ]);
      const sent = {
        action: binding.action,
        [parameterOf(id)]: idOf(id, about),
        ...Object.fromEntries(more),
      };
      return [await callAction(gateway, sent, actionUser(caller.userId))];
    };

    const byRest = async (
      operation: OperationName,
      id: Id,
      caller: Owned,
      about: Owned,
    ): Promise<Answer[]> => {
      const token = await gateway.logIn(caller.userId);
      const answers: Answer[] = [];
      for (const { route } of restRoutes().filter((bound) => bound.operation === operation)) {
        const inPath = route.path.includes(`:${id}`);
        const own = inPath ? {} : { [route.source === 'body' ? id : toSnake(id)]: idOf(id, about) };
        const path = route.path.replaceAll(/:(\w+)/g, (_, name: Id) =>
          idOf(name, name === id ? about : caller),
        );
        const body = { ...own, ...NEEDS[operation] };
        const inBody = route.source === 'body';
        const query = inBody || inPath ? '' : `?${new URLSearchParams(own).toString()}`;
        answers.push(
          await callRest(gateway, token, `${path}${query}`, {
            method: route.method,
            ...(inBody && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
          }),
        );
      }
      return answers;
    };

    /** What is not told apart from what is not there, or refused: the number, or that nothing is shown. */
    const meaning = ({ body }: Answer): string => {
      const code: number = body.code ?? body.ret_code;
      if (code !== 0) return `refused ${code}`;
      const shown = body.data ?? body;
      const list =
        shown.jobs ??
        shown.job_set ??
        shown.users ??
        shown.user_set ??
        shown.accessKeys ??
        shown.access_key_set;
      return Array.isArray(list) && list.length === 0 ? 'nothing' : 'shown';
    };

    /** Every row that could be touched. */
    const everything = async (): Promise<string> => {
      const { db } = gateway.database;
      const jobs = await db('jobs').orderBy('job_id');
      const users = await db('users')
        .orderBy('user_id')
        .select('user_id', 'role', 'active', 'email', 'password_hash');
      const keys = await db('access_keys')
        .orderBy('access_key_id')
        .select('access_key_id', 'status', 'owner');
      return JSON.stringify([jobs, users, keys]);
    };

    for (const { operation, id } of CASES) {
      it(`is neither shown nor changed by ${operation} with its ${id}, cache cold and warm, by both protocols`, async () => {
        const before = await everything();
        const [one, two] = owned as [Owned, Owned];
        for (const [caller, about] of [
          [one, two],
          [two, one],
        ] as const) {
          const nobody: Owned = { userId: 'usr-none', jobId: 'j-00000000', accessKeyId: 'A'.repeat(20) };
          for (const ask of [byAction, byRest]) {
            await emptyCache(gateway);
            const cold = await ask(operation, id, caller, about);
            // Now it is in the cache: its owner has just looked.
            const token = await gateway.logIn(about.userId);
            assert.equal((await callRest(gateway, token, `/v1/jobs/${about.jobId}`)).body.code, 0);
            const warm = await ask(operation, id, caller, about);
            const absent = await ask(operation, id, caller, nobody);
            const meant = cold.map(meaning);
            assert.ok(!meant.includes('shown'), `${operation} ${id}: ${cold.map(({ text }) => text).join()}`);
            assert.deepEqual(warm.map(meaning), meant);
            // Nor does the answer tell that it is there.
            assert.deepEqual(absent.map(meaning), meant);
          }
        }
        assert.equal(await everything(), before);
      });
    }

    it('is asked for by every operation that takes an id', () => {
      const asked = new Set(CASES.map(({ operation }) => operation));
      for (const { operation, route } of restRoutes()) {
        if (route.path.includes(':')) assert.ok(asked.has(operation), `${operation} at ${route.path}`);
      }
      assert.ok(CASES.length > 20);
    });
  });
}
