import assert from 'node:assert/strict';
import { errorCatalogue } from '../../adapters/wire/error-catalogue.ts';
import type { Reason } from '../../src/errors.ts';
import { callAction, callRest, type ActionUser } from '../support/clients.ts';
import type { TestGateway } from '../support/gateway.ts';
import { reasonOf } from './writes-step.ts';

/** What may be said of a user, in the core's spelling; each door writes it in its own. */
export interface UserInput {
  readonly userId?: string;
  readonly userIds?: readonly string[];
  readonly role?: string;
  readonly status?: string;
  readonly email?: string;
  readonly password?: string;
  readonly oldPassword?: string;
  readonly newPassword?: string;
  readonly confirmation?: string;
  readonly limit?: number;
  readonly after?: string;
  readonly idempotencyKey?: string;
}

export type UserOperation =
  'describe-users' | 'create-user' | 'change-user' | 'change-password' | 'revoke-tokens';

/** An answer without its protocol; `users` as shown, times left out. */
export interface UserOutcome {
  readonly refused?: Reason;
  readonly message?: string;
  readonly userId?: string;
  readonly users?: readonly object[];
  readonly total?: number;
  readonly next?: string;
}

/** One protocol, on behalf of one user. `more` is sent as it is, beside the input. */
export type UserDoor = (
  operation: UserOperation,
  input?: UserInput,
  more?: Readonly<Record<string, string>>,
) => Promise<UserOutcome>;

const ACTIONS: Readonly<Record<UserOperation, string>> = {
  'describe-users': 'DescribeUsers',
  'create-user': 'CreateUser',
  'change-user': 'ModifyUserAttributes',
  'change-password': 'ModifyUserPassword',
  'revoke-tokens': 'RevokeTokens',
};

const toSnake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The action API: passwords are written as PASSWORD is. */
export function userDoorOfAction(gateway: Pick<TestGateway, 'base'>, user: ActionUser): UserDoor {
  return async (operation, input = {}, more = {}) => {
    const form: Record<string, string | number> = { action: ACTIONS[operation], lang: 'en', ...more };
    for (const [name, value] of Object.entries(input) as [string, string | number | string[]][]) {
      if (Array.isArray(value)) value.forEach((each, index) => (form[`users.${index + 1}`] = each));
      else if (name === 'idempotencyKey') form.client_token = value;
      else if (/password|confirmation/i.test(name)) {
        form[toSnake(name)] = Buffer.from(String(value)).toString('base64');
      } else form[toSnake(name)] = value;
    }
    const { body } = await callAction(gateway, form, user);
    if (body.ret_code !== 0) {
      const refused = reasonOf(body.message);
      assert.equal(body.ret_code, errorCatalogue[refused].retCode ?? 1100);
      return { refused, message: body.message };
    }
    assert.equal(body.action, `${ACTIONS[operation]}Response`);
    if (operation !== 'describe-users') {
      assert.deepEqual(Object.keys(body), ['action', 'ret_code', 'user_id']);
      return { userId: body.user_id };
    }
    // oxlint-disable-next-line typescript/no-explicit-any -- it was parsed from an answer
    const users = body.user_set.map(({ user_id: userId, create_time, last_login_time, ...rest }: any) => {
      for (const time of [create_time, last_login_time ?? create_time]) {
        assert.match(time, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      }
      return { userId, ...rest };
    });
    return { users, total: body.total_count, next: body.next };
  };
}

/** The REST API. @param token asked for each time: several of these calls end it */
export function userDoorOfRest(
  gateway: Pick<TestGateway, 'base'>,
  token: () => Promise<string>,
  self: string,
): UserDoor {
  return async (operation, input = {}, more = {}) => {
    const { userId, idempotencyKey, ...rest } = input;
    const one = `/v1/users/${encodeURIComponent(userId ?? self)}`;
    const body = JSON.stringify({ ...(operation === 'create-user' && { userId }), ...rest, ...more });
    const query = new URLSearchParams(more);
    for (const [name, value] of Object.entries(rest)) {
      query.append(name === 'limit' ? 'per_page' : toSnake(name), String(value));
    }
    const send = (method: string) => ({ method, body, headers: { 'content-type': 'application/json' } });
    const [path, init] = {
      'describe-users': [`/v1/users?${query.toString()}`, {}] as const,
      'create-user': ['/v1/users', send('POST')] as const,
      'change-user': [one, send('PATCH')] as const,
      'change-password': [`${one}/password`, send('PUT')] as const,
      'revoke-tokens': [`${one}/tokens`, { method: 'DELETE' }] as const,
    }[operation];
    const headers = {
      ...('headers' in init ? init.headers : {}),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      'accept-language': 'en',
    };
    const answer = await callRest(gateway, await token(), path, { ...init, headers });
    const { code, data } = answer.body;
    if (code !== 0) {
      assert.equal(code, errorCatalogue[data.reason as Reason].code);
      assert.equal(answer.status, errorCatalogue[data.reason as Reason].status);
      return { refused: data.reason, message: data.message };
    }
    assert.equal(answer.status, 200);
    if (operation === 'describe-users')
      return { users: data.users.map(shown), total: data.total, next: data.next };
    if (operation === 'change-password' || operation === 'revoke-tokens') assert.deepEqual(data, {});
    else shown(data);
    return { userId: data.userId ?? userId ?? self };
  };
}

// oxlint-disable-next-line typescript/no-explicit-any -- it was parsed from an answer
function shown({ createTime, lastLoginTime, ...rest }: any): object {
  for (const time of [createTime, lastLoginTime ?? createTime]) {
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
  return rest;
}
