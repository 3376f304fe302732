import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ADMIN, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { callAction, callRaw, callRest, type Answer } from '../support/clients.ts';

/** Free data as it must come back, byte by byte. */
const KEPT: Readonly<Record<string, string>> = {
  'keys in their order, those too that look like numbers': '{"b":1,"10":2,"a":{"2":0,"1":0},"1":3}',
  'keys that mean something to JavaScript': '{"__proto__":{"a":1},"constructor":{"prototype":null}}',
  'escapes as they came': '{"a":"\\u0041\\n\\"\\\\\\/\\u2028\\ud83d\\ude42"}',
  'emoji, Chinese and what a form must escape': '{"名称":"部署 🙂","q":"a&b=c+d%20;#"}',
  'spaces and line ends': '{\n  "a" : [ 1,  2 ]\r\n}',
  'numbers as they are spelled': '{"a":1.0,"b":1e2,"c":-0,"d":0.1,"e":5e-324,"f":9007199254740993.5e3}',
  'integers that a double holds': '{"a":9007199254740992,"b":100000000000000000000}',
  'one key in several objects': '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
  'words that only look like secrets':
    '{"signature_version":1,"client_token":"c","token_count":2,"password":""}',
  'nothing at all': '{}',
};

/** What is refused, and the words that say why. */
const REFUSED: readonly [what: string, data: string, ...naming: string[]][] = [
  ['a key twice', '{"a":1,"b":2,"a":3}', 'the key a twice'],
  ['a key twice, once with an escape', '{"a":1,"\\u0061":3}', 'the key a twice'],
  ['a key twice deep inside', '{"x":[{"y":{"k":1,"k":1}}]}', 'k twice'],
  ['a number beyond a double', '{"a":1e999}', '1e999'],
  ['a number beyond a double, in capitals', '{"a":[-1E400]}', '-1E400'],
  ['an integer with more digits than a double', '{"a":12345678901234567890}', '12345678901234567890'],
  ['the first integer that a double skips', '{"a":9007199254740993}', '9007199254740993'],
  ['a number that a double takes for zero', '{"a":{"b":1e-400}}', '1e-400'],
  ['a fraction of eighteen digits', '{"a":0.123456789012345678}', '0.123456789012345678'],
];

/** What is no object. */
const NO_OBJECT: readonly [what: string, value: string][] = [
  ['a list', '[{"a":1}]'],
  ['a word', '"hello"'],
  ['a number', '12'],
  ['a truth', 'true'],
];

for (const store of STORES) {
  describe(`free data that callers write, on the ${store} store`, () => {
    let gateway: TestGateway;
    let token: string;
    before(async () => {
      gateway = await startGateway(store);
      token = await gateway.logIn();
    });
    after(() => gateway[Symbol.asyncDispose]());

    const credentials = { USER_ID: ADMIN.userId, PASSWORD: Buffer.from(ADMIN.password).toString('base64') };
    const text = (fields: object, data: readonly (readonly [string, string])[]): string =>
      `{${[
        ...Object.entries(fields).map(([name, value]) => `"${name}":${JSON.stringify(value)}`),
        ...data.map(([name, value]) => `"${name}":${value}`),
      ].join(',')}}`;
    type Data = readonly (readonly [string, string])[];
    const snake = { job_type: 't', job_action: 'a' };
    const camel = { jobType: 't', jobAction: 'a' };
    const json = { 'content-type': 'application/json', 'accept-language': 'en' };

    /** Every way in; a job's id where it is a replacement. */
    const doors: Readonly<Record<string, (data: Data, jobId?: string) => Promise<Answer>>> = {
      'a form': (data, jobId) =>
        callAction(gateway, {
          action: jobId === undefined ? 'CreateJob' : 'ModifyJobAttributes',
          lang: 'en',
          ...snake,
          ...(jobId !== undefined && { job_id: jobId }),
          ...Object.fromEntries(data),
        }),
      'the action API’s JSON': (data, jobId) => {
        const action = jobId === undefined ? 'CreateJob' : 'ModifyJobAttributes';
        const body = text({ action, lang: 'en', ...snake, job_id: jobId ?? '', ...credentials }, data);
        return callRaw(gateway, '/iaas/', { method: 'POST', headers: json, body });
      },
      REST: (data, jobId) =>
        callRest(gateway, token, jobId === undefined ? '/v1/jobs' : `/v1/jobs/${jobId}`, {
          method: jobId === undefined ? 'POST' : 'PUT',
          headers: json,
          body: text(camel, data),
        }),
    };
    const isOk = ({ body }: Answer): boolean => (body.ret_code ?? body.code) === 0;
    const idIn = ({ body, text: all }: Answer): string => {
      assert.equal(body.ret_code ?? body.code, 0, all);
      return body.job_id ?? body.data.jobId;
    };
    const wordsOf = ({ body }: Answer): string => body.message ?? body.data.message;
    const countJobs = async (): Promise<number> => {
      const [row] = (await gateway.database.db('jobs').count({ n: '*' })) as { n: number }[];
      return Number(row?.n);
    };

    for (const [door, write] of Object.entries(doors)) {
      for (const [what, data] of Object.entries(KEPT)) {
        it(`keeps ${what}, through ${door}`, async () => {
          const both: Data = [
            ['resources', data],
            ['directive', data],
          ];
          const created = idIn(await write(both));
          const replaced = idIn(await write([]));
          idIn(await write(both, replaced));
          for (const jobId of [created, replaced]) {
            for (const { text: shown } of [
              await callAction(gateway, { action: 'DescribeJobs', job_ids: jobId }),
              await callRest(gateway, token, `/v1/jobs/${jobId}`),
              await callRest(gateway, token, `/v1/jobs?job_ids=${jobId}`),
            ]) {
              assert.ok(shown.includes(`"resources":${data}`), shown);
              assert.ok(shown.includes(`"directive":${data}`), shown);
            }
          }
        });
      }

      it(`refuses by name, through ${door}, what readers would misread`, async () => {
        const jobId = idIn(await write([]));
        const before = await countJobs();
        for (const [what, data, ...naming] of REFUSED) {
          for (const parameter of ['resources', 'directive']) {
            for (const answer of [
              await write([[parameter, data]]),
              await write([[parameter, data]], jobId),
            ]) {
              assert.ok(!isOk(answer), what);
              assert.equal(answer.body.ret_code ?? answer.body.code, answer.body.action ? 1100 : 10001);
              for (const word of [parameter, ...naming])
                assert.ok(wordsOf(answer).includes(word), `${what}: ${wordsOf(answer)}`);
            }
          }
        }
        assert.equal(await countJobs(), before);
        assert.equal((await callRest(gateway, token, `/v1/jobs/${jobId}`)).body.data.version, 1);
      });

      it(`refuses by name, through ${door}, what is no object`, async () => {
        for (const [what, value] of NO_OBJECT) {
          const answer = await write([['directive', value]]);
          assert.ok(!isOk(answer), `${what}: ${answer.text}`);
          assert.match(wordsOf(answer), /directive must be (a JSON|an) object/, what);
        }
      });

      it(`stores no secret that came through ${door}, at any depth, however it is spelled`, async () => {
        const secrets = [
          'password',
          'PASSWD',
          'userPwd',
          'x-auth-token',
          'Client Secret',
          'secretKey',
        ].concat([
          'SECRET_ACCESS_KEY',
          'ssh.private_key',
          'signature',
          'new pass\\u0077ord',
          'db_password.1',
        ]);
        const data = `{"deep":[{${secrets.map((key) => `"${key}":"s3cr3t"`).join(',')}}],"token":["s3cr3t"]}`;
        const masked = data.replaceAll('"s3cr3t"', '"******"').replace('["******"]', '"******"');
        const answer = await write([
          ['resources', data],
          ['directive', data],
        ]);
        const jobId = idIn(answer);
        const { text: shown } = await callRest(gateway, token, `/v1/jobs/${jobId}`);
        assert.ok(shown.includes(`"resources":${masked}`), shown);
        assert.ok(shown.includes(`"directive":${masked}`), shown);
        const rows = await gateway.database.db('jobs').where('job_id', jobId);
        assert.ok(!`${JSON.stringify(rows)}${answer.text}`.includes('s3cr3t'));
      });
    }

    const made = (jobType: string): Promise<Answer> => {
      // As text: a lone surrogate would be replaced on its way.
      const word = JSON.stringify(jobType);
      const body = `{"jobType":${word},"jobAction":${word}}`;
      return callRest(gateway, token, '/v1/jobs', { method: 'POST', headers: json, body });
    };

    it('takes words of any script in the fields of its own, and shows all readers the same', async () => {
      for (const jobType of ['\ud83d\ude42', '\u2028', 'e\u0301', ' a ', '"\\', '\u0001', '\uffff']) {
        const { data: acknowledged } = (await made(jobType)).body;
        const { data: seen } = (await callRest(gateway, token, `/v1/jobs/${acknowledged.jobId}`)).body;
        assert.deepEqual([seen.jobType, seen.jobAction], [jobType, jobType]);
        assert.deepEqual(acknowledged, seen);
      }
    });

    for (const [what, word] of [
      ['a NUL', 'a\u0000b'],
      ['half a character', 'a\ud800b'],
    ] as const) {
      it(`shows every reader what it acknowledged of a word with ${what}, or refuses the word`, async () => {
        const answer = await made(word);
        if (!isOk(answer)) return assert.equal(answer.body.code, 10001);
        const acknowledged = answer.body.data;
        const { data: seen } = (await callRest(gateway, token, `/v1/jobs/${acknowledged.jobId}`)).body;
        assert.deepEqual([seen.jobType, acknowledged.jobType], [word, word]);
      });

      it(`keeps a remark with ${what} whole, or refuses it`, async () => {
        const { jobId } = (await made('remarked')).body.data;
        const body = `{"status":"working","note":${JSON.stringify(word)}}`;
        const path = `/v1/jobs/${jobId}`;
        const answer = await callRest(gateway, token, path, { method: 'PATCH', headers: json, body });
        if (!isOk(answer)) return assert.equal(answer.body.code, 10001);
        const { timeline } = (await callRest(gateway, token, `${path}/timeline`)).body.data;
        assert.equal(timeline[1].note, word);
      });
    }
  });
}
