import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { reservedWords } from '../../adapters/rest/reserved-words.ts';
import { actionUser } from '../support/clients.ts';
import { ADMIN, PASSWORD, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { userDoorOfAction, userDoorOfRest, type UserDoor } from './user-doors.ts';

describe('words that stand in paths of the REST API', () => {
  it('are found in the table of its routes', () => {
    const words = ['activate', 'request_reset', 'reset_password'];
    assert.deepEqual([...reservedWords('userId')].toSorted(), words);
    assert.deepEqual([...reservedWords('jobId')], ['latest']);
    assert.deepEqual([...reservedWords('accessKeyId')], []);
    assert.deepEqual([...reservedWords('noProperty')], []);
  });

  for (const store of STORES) {
    describe(`as ids of users on the ${store} store`, () => {
      let gateway: TestGateway;
      let doors: Readonly<Record<string, UserDoor>>;
      before(async () => {
        gateway = await startGateway(store);
        doors = {
          action: userDoorOfAction(gateway, actionUser()),
          rest: userDoorOfRest(gateway, () => gateway.logIn(), ADMIN.userId),
        };
      });
      after(() => gateway[Symbol.asyncDispose]());

      for (const protocol of ['action', 'rest']) {
        const ask: UserDoor = (...given) => (doors[protocol] as UserDoor)(...given);

        it(`are refused to new ones by the ${protocol} protocol`, async () => {
          for (const userId of reservedWords('userId')) {
            const { refused, message } = await ask('create-user', { userId, password: PASSWORD });
            assert.equal(refused, 'invalid_parameter');
            assert.match(message ?? '', /user_?id is a word that no id may be/i);
          }
          const near = `Activate-${protocol}`;
          assert.deepEqual(await ask('create-user', { userId: near, password: PASSWORD }), { userId: near });
        });
      }

      it('stay with those who have one: the action API reaches them', async () => {
        await gateway.addUser('activate', 'user');
        const { action } = doors;
        const shown = await action?.('describe-users', { userIds: ['activate'] });
        assert.equal(shown?.total, 1);
        const changed = await action?.('change-user', { userId: 'activate', role: 'operator' });
        assert.deepEqual(changed, { userId: 'activate' });
        assert.ok(await gateway.logIn('activate'));
      });
    });
  }
});
