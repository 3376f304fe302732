import assert from 'node:assert/strict';
import { errorCatalogue } from '../../adapters/wire/error-catalogue.ts';
import { callRest } from '../support/clients.ts';
import type { TestGateway } from '../support/gateway.ts';
import { askByRest } from './ask-rest.ts';
import type { SeenJob } from './question.ts';
import { reasonOf, type Door, type SeenEvent, type Write } from './writes-step.ts';

/** The REST API, for the user of a token. */
export function doorOfRest(gateway: Pick<TestGateway, 'base'>, token: string): Door {
  return {
    ask: askByRest(gateway, token),

    async write(write) {
      const { path, ...init } = spell(write);
      const { status, headers, text, body } = await callRest(gateway, token, path, init);
      if (body.code !== 0) {
        const { reason, message } = body.data;
        assert.equal(reason, reasonOf(message));
        assert.equal(body.code, errorCatalogue[reasonOf(message)].code);
        return { refused: reason, message };
      }
      assert.equal(status, 200);
      const tag = headers.get('etag');
      if (write.operation === 'hide-jobs') {
        assert.deepEqual(body.data, {});
        return { jobIds: write.jobIds, tag, text };
      }
      const { createTime, updateTime, ...fields } = body.data;
      const shown: SeenJob = {
        ...fields,
        directive: fields.directive,
        createTime: Date.parse(createTime),
        updateTime: Date.parse(updateTime),
      };
      return { jobIds: [shown.jobId], shown, tag, text };
    },

    async timeline(jobId) {
      const path = `/v1/jobs/${encodeURIComponent(jobId)}/timeline`;
      const { body } = await callRest(gateway, token, path, { headers: { 'accept-language': 'en' } });
      if (body.code !== 0) return { refused: body.data.reason };
      assert.deepEqual(Object.keys(body.data), ['jobId', 'timeline']);
      assert.equal(body.data.jobId, jobId);
      return { rows: body.data.timeline.map(readEvent) };
    },
  };
}

function spell({ operation, jobIds, input }: Write): RequestInit & { path: string } {
  assert.ok(jobIds.length <= 1, 'this protocol writes one job at a time');
  const headers = new Headers({ 'accept-language': 'en', 'content-type': 'application/json' });
  const { ifVersion, idempotencyKey, resources, directive, ...fields } = input;
  if (ifVersion) headers.set('if-match', ifVersion.map((version) => `"${version}"`).join(', '));
  if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey);
  // Free data goes in as text: an object would sort keys that look like numbers.
  const members = Object.entries(fields).map(([name, value]) => `"${name}":${JSON.stringify(value)}`);
  if (resources !== undefined) members.push(`"resources":${resources}`);
  if (directive !== undefined) members.push(`"directive":${directive}`);
  const body = `{${members.join(',')}}`;
  const one = `/v1/jobs/${encodeURIComponent(jobIds[0] ?? '')}`;
  switch (operation) {
    case 'create-job':
      return { path: '/v1/jobs', method: 'POST', headers, body };
    case 'replace-job':
      return { path: one, method: 'PUT', headers, body };
    case 'report-job':
      return { path: one, method: 'PATCH', headers, body };
    case 'cancel-jobs':
      return { path: `${one}/cancel`, method: 'POST', headers, body };
    case 'hide-jobs':
      headers.delete('content-type');
      return { path: one, method: 'DELETE', headers };
  }
}

function readEvent({ time, ...row }: { time: string } & Omit<SeenEvent, 'time'>): SeenEvent {
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return { ...row, time: Date.parse(time) };
}
