import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { secretContext } from '../../src/accounts/access-key.ts';
import { createSecretBox } from '../../src/accounts/secret-box.ts';
import type { JobRow } from '../../adapters/sql/rows.ts';
import { ADMIN, ENCRYPTION_KEY, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { someJob } from '../support/some-job.ts';
import { assertAction } from './assert-convention.ts';
import { sendBytes } from './send-bytes.ts';

/** A request as one of QingCloud's own clients writes it, and what it must be answered. */
interface Exchange {
  readonly send: { readonly line: string; readonly headers: readonly string[]; readonly body?: string };
  readonly recv: Readonly<Record<string, unknown>> & { readonly ret_code: number; readonly action: string };
  /** How the message of a failure begins. */
  readonly begins?: string;
  /** Columns of a job afterwards; without an id, of the job that was made. */
  readonly stands?: Partial<JobRow>;
}

const EXCHANGES = JSON.parse(
  readFileSync(new URL('golden/clients.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Exchange>>;

/** The requests carry the time of QingCloud's own example, and their signatures with it. */
const SIGNED_AT = Date.UTC(2013, 7, 27, 14, 30, 10);
/** The key of QingCloud's own example. */
const KEY = { id: 'QYACCESSKEYIDEXAMPLE', secret: 'SECRETACCESSKEY' };

for (const store of STORES) {
  describe(`QingCloud’s own clients on the ${store} store`, () => {
    let gateway: TestGateway;
    before(async () => {
      const behind = Date.now() - SIGNED_AT - 5_000;
      const environment = { KEY_ENCRYPTION_KEY: ENCRYPTION_KEY };
      gateway = await startGateway(store, environment, { clock: () => Date.now() - behind });
      const box = createSecretBox([Buffer.from(ENCRYPTION_KEY, 'base64')]);
      await gateway.database.db('access_keys').insert({
        access_key_id: KEY.id,
        owner: ADMIN.userId,
        access_key_name: '',
        status: 'active',
        sealed_secret: box.seal(KEY.secret, secretContext(KEY.id, ADMIN.userId)),
        create_time: '2013-08-27 14:00:00.000',
      });
      const jobs = Array.from({ length: 11 }, (_, index) => {
        const time = Date.UTC(2013, 7, 27, 14, 0, index + 1);
        const jobId = `j-${String(index + 1).padStart(8, '0')}`;
        const about = { jobType: 'Numbered', jobAction: 'Count', owner: ADMIN.userId };
        return someJob({ ...about, jobId, createTime: time, updateTime: time });
      });
      await gateway.addJobs(...jobs);
    });
    after(() => gateway[Symbol.asyncDispose]());

    for (const [title, { send, recv, begins, stands }] of Object.entries(EXCHANGES)) {
      it(title, async () => {
        const body = send.body ?? '';
        const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
        const head = [send.line, ...send.headers, 'Connection: close', ...length, '', body].join('\r\n');
        const answer = await sendBytes(gateway, head);
        assertAction(answer, recv.ret_code, recv.action);
        const { message = '', server_time: serverTime, job_id: jobId, ...rest } = answer.body;
        assert.ok(message.startsWith(begins ?? ''), message);
        if (recv.ret_code === 1300) assert.match(serverTime, /^2013-08-27T14:3\d:\d\dZ$/);
        const { job_id: expectedId = jobId, ...expected } = recv;
        assert.deepEqual({ job_id: jobId, ...rest }, { job_id: expectedId, ...expected });
        if (!stands) return;
        const [row] = await gateway.database.db('jobs').where('job_id', stands.job_id ?? jobId);
        assert.deepEqual(row, { ...row, ...stands });
      });
    }
  });
}
