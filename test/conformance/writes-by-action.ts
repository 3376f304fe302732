import assert from 'node:assert/strict';
import { errorCatalogue } from '../../adapters/wire/error-catalogue.ts';
import { actionUser, callAction } from '../support/clients.ts';
import type { TestGateway } from '../support/gateway.ts';
import { callSigned, type TestKey } from '../support/sign.ts';
import { askByAction, askBySigned, base64, readTime } from './ask-action.ts';
import { reasonOf, type Door, type SeenEvent, type Write } from './writes-step.ts';

const ACTIONS = {
  'create-job': 'CreateJob',
  'replace-job': 'ModifyJobAttributes',
  'report-job': 'ModifyJobStatus',
  'cancel-jobs': 'CancelJobs',
  'hide-jobs': 'DeleteJobs',
} as const;

const TAKES_A_LIST = new Set(['cancel-jobs', 'hide-jobs']);

/** The action API, for one user: with USER_ID and PASSWORD, or signed with a key of the user. */
export function doorOfAction(gateway: Pick<TestGateway, 'base'>, userId: string, key?: TestKey): Door {
  const user = actionUser(userId);
  const call = (parameters: Record<string, string | number>) =>
    key ? callSigned(gateway, key, parameters, { method: 'POST' }) : callAction(gateway, parameters, user);
  return {
    ask: key ? askBySigned(gateway, key) : askByAction(gateway, { userId, cipher: base64(user.password) }),

    async write(write) {
      const { status, text, body } = await call(spell(write, key ? 'job_version' : 'version'));
      assert.equal(status, 200);
      assert.equal(body.action, `${ACTIONS[write.operation]}Response`);
      if (body.ret_code !== 0) {
        const refused = reasonOf(body.message);
        assert.equal(body.ret_code, errorCatalogue[refused].retCode);
        return { refused, message: body.message };
      }
      const takesList = TAKES_A_LIST.has(write.operation);
      assert.deepEqual(Object.keys(body), ['action', takesList ? 'job_ids' : 'job_id', 'ret_code']);
      return { jobIds: takesList ? body.job_ids : [body.job_id], text };
    },

    async timeline(jobId) {
      const asked = { action: 'DescribeJobTimeline', job_id: jobId, lang: 'en' };
      const { body } = await call(asked);
      if (body.ret_code !== 0) return { refused: reasonOf(body.message) };
      assert.deepEqual(Object.keys(body), ['action', 'job_id', 'ret_code', 'timeline_set']);
      assert.equal(body.job_id, jobId);
      return { rows: body.timeline_set.map(readEvent) };
    },
  };
}

function spell(
  { operation, jobIds, input }: Write,
  version: 'version' | 'job_version',
): Record<string, string | number> {
  const form: Record<string, string | number> = { action: ACTIONS[operation], lang: 'en' };
  const put = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) form[name] = value;
  };
  const list = (name: string, values: readonly (string | number)[] = []): void => {
    if (values.length === 1) put(name, values[0]);
    else values.forEach((value, index) => put(`${name}.${index + 1}`, value));
  };
  if (TAKES_A_LIST.has(operation)) list('job_ids', jobIds);
  else put('job_id', jobIds[0]);
  put('job_type', input.jobType);
  put('job_action', input.jobAction);
  put('resources', input.resources);
  put('directive', input.directive);
  put('owner', input.owner);
  put('status', input.status);
  put('note', input.note);
  list(version, input.ifVersion);
  put('client_token', input.idempotencyKey);
  return form;
}

// oxlint-disable-next-line typescript/no-explicit-any -- it was parsed from an answer
function readEvent(row: any): SeenEvent {
  assert.deepEqual(Object.keys(row), ['version', 'status', 'pre_status', 'time', 'user_id', 'note']);
  return {
    version: row.version,
    status: row.status,
    preStatus: row.pre_status,
    time: readTime(row.time),
    userId: row.user_id,
    note: row.note,
  };
}
