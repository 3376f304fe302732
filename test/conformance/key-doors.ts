import assert from 'node:assert/strict';
import type { Reason } from '../../src/errors.ts';
import { actionUser, callAction, callRest, type Answer } from '../support/clients.ts';
import type { TestGateway } from '../support/gateway.ts';
import { callSigned, type Parameters, type TestKey } from '../support/sign.ts';
import { reasonOf } from './writes-step.ts';

/** An access key as every protocol shows it; times are whole seconds, in ms since 1970. */
export interface SeenKey {
  readonly accessKeyId: string;
  readonly accessKeyName: string;
  readonly owner: string;
  readonly status: string;
  readonly createTime: number;
}

export type Refused = { readonly refused: Reason; readonly message: string };

/** One user at one instance by one protocol, as far as access keys go. */
export interface KeyDoor {
  create(input: { name?: string; owner?: string }): Promise<(SeenKey & { secret: string }) | Refused>;
  list(input: { owner?: string; ids?: readonly string[] }): Promise<readonly SeenKey[] | Refused>;
  change(id: string, input: { name?: string; status?: string }): Promise<'changed' | Refused>;
  remove(id: string): Promise<'removed' | Refused>;
}

type Call = (parameters: Parameters) => Promise<Answer>;

/** The action API: with USER_ID and PASSWORD, or signed. */
export function keysByAction(gateway: Pick<TestGateway, 'base'>, userId: string, key?: TestKey): KeyDoor {
  const call: Call = (parameters) => {
    const asked = { lang: 'en', ...parameters };
    return key ? callSigned(gateway, key, asked) : callAction(gateway, asked, actionUser(userId));
  };
  const refusal = ({ status, body }: Answer): Refused | undefined => {
    assert.equal(status, 200);
    if (body.ret_code === 0) return undefined;
    return { refused: reasonOf(body.message), message: body.message };
  };
  // oxlint-disable-next-line typescript/no-explicit-any -- it was parsed from an answer
  const seen = (shown: any): SeenKey => {
    assert.match(
      shown.create_time,
      key ? /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ : /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
    );
    const time = key ? shown.create_time : `${shown.create_time.replace(' ', 'T')}+08:00`;
    return {
      accessKeyId: shown.access_key_id,
      accessKeyName: shown.access_key_name,
      owner: shown.owner,
      status: shown.status,
      createTime: Date.parse(time),
    };
  };
  return {
    async create({ name, owner }) {
      const answer = await call({
        action: 'CreateAccessKey',
        ...(name !== undefined && { access_key_name: name }),
        ...(owner !== undefined && { owner }),
      });
      return refusal(answer) ?? { ...seen(answer.body), secret: answer.body.secret_access_key };
    },
    async list({ owner, ids = [] }) {
      const numbered = Object.fromEntries(ids.map((id, index) => [`access_keys.${index + 1}`, id]));
      const answer = await call({
        action: 'DescribeAccessKeys',
        ...numbered,
        ...(owner !== undefined && { owner }),
      });
      const refused = refusal(answer);
      if (refused) return refused;
      assert.ok(!answer.text.includes('secret'));
      assert.equal(answer.body.total_count, answer.body.access_key_set.length);
      return answer.body.access_key_set.map(seen);
    },
    async change(id, { name, status }) {
      const answer = await call({
        action: 'ModifyAccessKeyAttributes',
        access_key: id,
        ...(name !== undefined && { access_key_name: name }),
        ...(status !== undefined && { status }),
      });
      const refused = refusal(answer);
      if (refused) return refused;
      assert.equal(answer.body.access_key_id, id);
      return 'changed';
    },
    async remove(id) {
      const answer = await call({ action: 'DeleteAccessKeys', access_keys: id });
      const refused = refusal(answer);
      if (refused) return refused;
      assert.deepEqual(answer.body.access_keys, [id]);
      return 'removed';
    },
  };
}

/** The REST API, for the user of a token. */
export function keysByRest(gateway: Pick<TestGateway, 'base'>, token: string): KeyDoor {
  const call = (path: string, method = 'GET', body?: object) => {
    const headers = { 'accept-language': 'en', 'content-type': 'application/json' };
    return callRest(gateway, token, path, { method, headers, body: body ? JSON.stringify(body) : null });
  };
  const refusal = ({ body: { code, data } }: Answer): Refused | undefined =>
    code === 0 ? undefined : { refused: data.reason, message: data.message };
  // oxlint-disable-next-line typescript/no-explicit-any -- it was parsed from an answer
  const seen = ({ lastUsedTime: _used, secretAccessKey: _secret, ...shown }: any): SeenKey => ({
    ...shown,
    createTime: Math.floor(Date.parse(shown.createTime) / 1000) * 1000,
  });
  return {
    async create({ name, owner }) {
      const answer = await call('/v1/keys', 'POST', { accessKeyName: name, owner });
      const refused = refusal(answer);
      if (refused) return refused;
      const { data } = answer.body;
      assert.equal(answer.headers.get('location'), `/v1/keys/${data.accessKeyId}`);
      return { ...seen(data), secret: data.secretAccessKey };
    },
    async list({ owner, ids }) {
      const query = new URLSearchParams({
        ...(owner !== undefined && { owner }),
        ...(ids && { access_key_ids: ids.join(',') }),
      });
      const answer = await call(`/v1/keys?${query.toString()}`);
      const refused = refusal(answer);
      if (refused) return refused;
      assert.ok(!answer.text.toLowerCase().includes('secret'));
      assert.equal(answer.body.data.total, answer.body.data.accessKeys.length);
      return answer.body.data.accessKeys.map(seen);
    },
    async change(id, { name, status }) {
      const answer = await call(`/v1/keys/${id}`, 'PATCH', { accessKeyName: name, status });
      const refused = refusal(answer);
      if (refused) return refused;
      const one = await call(`/v1/keys/${id}`);
      assert.deepEqual(one.body.data, answer.body.data);
      return 'changed';
    },
    async remove(id) {
      const answer = await call(`/v1/keys/${id}`, 'DELETE');
      const refused = refusal(answer);
      if (refused) return refused;
      assert.deepEqual(answer.body.data, {});
      assert.equal(refusal(await call(`/v1/keys/${id}`))?.refused, 'resource_not_found');
      return 'removed';
    },
  };
}
