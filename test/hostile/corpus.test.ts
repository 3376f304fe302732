import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { callRest } from '../support/clients.ts';
import { ADMIN, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { FINDS } from './corpus/finds.ts';
import { writeFind } from './corpus/find.ts';
import { createAnswerJudge } from './judge.ts';
import { openLine } from './line.ts';

const CREDENTIALS = { USER_ID: ADMIN.userId, PASSWORD: Buffer.from(ADMIN.password).toString('base64') };

for (const store of STORES) {
  describe(`what bad requests once did, on the ${store} store`, () => {
    let gateway: TestGateway;
    let token: string;
    const judge = createAnswerJudge();
    before(async () => {
      gateway = await startGateway(store);
      token = await gateway.logIn();
    });
    after(() => gateway[Symbol.asyncDispose]());

    for (const find of FINDS) {
      it(`is not done any more by ${find.title}`, async () => {
        const bytes = writeFind(find, token, CREDENTIALS);
        const line = openLine(Number(new URL(gateway.base).port));
        const answer = await line.ask(bytes, false);
        line.end();
        assert.ok(answer, 'no answer came');
        const body = JSON.parse(answer.text) as { code?: number; ret_code?: number };
        assert.equal(body.code ?? body.ret_code, find.code, answer.text.slice(0, 300));
        assert.equal(judge({ bytes, alone: false, head: false }, answer), undefined);
        const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
        assert.ok(headers.length < (find.headersMost ?? 10_000), `${headers.length} bytes of headers`);
      });
    }

    it('keeps the parts of free data as they were written', async () => {
      const parts = '"resources.a":[1.50,{"2":"x","1":1E2}],"resources.b.1":-0,"resources.b.2":"\\u0041"';
      const body = `{"action":"CreateJob","job_type":"parts","job_action":"a",${parts},${JSON.stringify(CREDENTIALS).slice(1)}`;
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      const made = (await (await fetch(`${gateway.base}/iaas/`, init)).json()) as { job_id: string };
      const shown = await callRest(gateway, token, `/v1/jobs/${made.job_id}`);
      const kept = '"resources":{"a":[1.50,{"2":"x","1":1E2}],"b":[-0,"\\u0041"]}';
      assert.ok(shown.text.includes(kept));
    });

    it('has logged no fault of the gateway', () => {
      assert.deepEqual(
        gateway.logged.filter(({ level }) => level === 'error'),
        [],
      );
    });
  });
}
