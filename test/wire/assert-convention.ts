import assert from 'node:assert/strict';
import type { Answer } from '../support/clients.ts';

/** The answer is one of the action API, with this number. */
export function assertAction(answer: Answer, retCode: number, action?: string): void {
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.equal(answer.body.ret_code, retCode, answer.text.slice(0, 500));
  assert.match(answer.body.action, /^[A-Za-z0-9]+Response$/);
  if (action !== undefined) assert.equal(answer.body.action, action);
  if (retCode !== 0) assert.match(answer.body.message, /^[A-Z][A-Za-z]+, ./);
  assert.match(answer.headers.get('x-request-id') ?? '', /^.{1,128}$/);
}

/** The answer stands in the REST API's envelope, with this number. */
export function assertRest(answer: Answer, code: number, status = 200): void {
  assert.equal(answer.body?.code, code, answer.text.slice(0, 500));
  assert.equal(answer.status, status);
  assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8');
  assert.deepEqual(Object.keys(answer.body), ['code', 'data']);
  const requestId = answer.headers.get('x-request-id');
  assert.match(requestId ?? '', /^.{1,128}$/);
  assert.equal(answer.headers.get('www-authenticate') !== null, status === 401);
  assert.equal(answer.headers.get('x-error-code'), code === 0 ? null : String(code));
  if (code === 0) return;
  assert.equal(typeof answer.body.data.message, 'string');
  assert.match(answer.body.data.reason, /^[a-z_]+$/);
  assert.equal(answer.body.data.requestId, requestId);
}
