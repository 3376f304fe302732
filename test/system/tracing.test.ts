import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { callAction, callRest } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { ADMIN, PASSWORD, startGateway, STORES, type TestGateway } from '../support/gateway.ts';
import { startTraceReceiver, type ReceivedSpan, type TraceReceiver } from '../support/trace-receiver.ts';

const SERVER = 2;
const CLIENT = 3;
const FAILED = 2;

for (const store of STORES) {
  describe(`the traces of a gateway on the ${store} store`, () => {
    let receiver: TraceReceiver;
    let gateway: TestGateway;
    let token: string;
    before(async () => {
      receiver = await startTraceReceiver();
      gateway = await startGateway(store, {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20secret',
        OTEL_SERVICE_NAME: 'jobgate-test',
        RATE_LIMIT_PER_MINUTE: '100000',
      });
      token = await gateway.logIn();
    });
    after(async () => {
      await gateway[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    });

    let traceId = '';
    let parentId = '';
    const traceparent = (flags = '01') => ({ traceparent: `00-${traceId}-${parentId}-${flags}` });
    beforeEach(() => {
      traceId = randomBytes(16).toString('hex');
      parentId = randomBytes(8).toString('hex');
    });

    /** The spans of a trace, once the request's own has come: it ends last. */
    async function trace(id: string): Promise<readonly ReceivedSpan[]> {
      const found = () => receiver.spans.filter((span) => span.traceId === id);
      await eventually(`trace ${id} arrives`, () => found().some(({ kind }) => kind === SERVER));
      return found();
    }
    const childrenOf = (spans: readonly ReceivedSpan[], parent: ReceivedSpan | undefined) =>
      spans.filter(({ parentSpanId }) => parentSpanId === parent?.spanId).map(({ name }) => name);
    const create = (headers: object, body: object) =>
      callRest(gateway, token, '/v1/jobs', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });

    it('join that of the traceparent: the request, its operation, each statement and round trip', async () => {
      const answer = await create(traceparent(), { jobType: 'traced', jobAction: 'Test' });
      assert.equal(answer.body.code, 0);
      const spans = await trace(traceId);
      const request = spans.find(({ kind }) => kind === SERVER);
      assert.deepEqual([request?.parentSpanId, request?.name], [parentId, 'request create-job']);
      assert.deepEqual(request?.attributes, {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'jobgate.operation': 'create-job',
        'jobgate.request_id': answer.headers.get('x-request-id'),
      });
      assert.equal(request.service, 'jobgate-test');
      assert.deepEqual(childrenOf(spans, request), ['create-job']);
      const operation = spans.find(({ name }) => name === 'create-job');
      const below = childrenOf(spans, operation);
      const [begins, insertsTogether] =
        store === 'embedded' ? (['BEGIN', false] as const) : (['SELECT jobs', true] as const);
      for (const name of [
        begins,
        'INSERT jobs',
        ...(insertsTogether ? [] : ['INSERT job_events']),
        'COMMIT',
      ]) {
        assert.ok(below.includes(name), `${name} is not among ${below.join(', ')}`);
      }
      const redis = below.filter((name) => name.startsWith('redis '));
      if (store === 'embedded') assert.deepEqual(redis, []);
      else for (const step of ['admit', 'block', 'publish']) assert.ok(redis.includes(`redis ${step}`), step);
      const insert = spans.find(({ name }) => name === 'INSERT jobs');
      assert.equal(insert?.kind, CLIENT);
      assert.equal(insert.attributes['db.system.name'], store === 'embedded' ? 'sqlite' : 'mysql');
      assert.match(String(insert.attributes['db.query.text']), /^insert into jobs \(.*\?, \?/);
      assert.equal(insert.attributes['db.operation.batch.size'], insertsTogether ? 2 : undefined);
    });

    it('are named by the lines of the log that belong to them', async () => {
      await callRest(gateway, token, '/v1/jobs', { headers: traceparent() });
      const spans = await trace(traceId);
      const lines = gateway.logged.filter(({ facts }) => facts.trace_id === traceId);
      assert.deepEqual(
        lines.map(({ message }) => message),
        ['call'],
      );
      assert.ok(spans.some(({ spanId }) => spanId === lines[0]?.facts.span_id));
    });

    it('begin here without a traceparent, or with one that is none', async () => {
      const before = receiver.spans.length;
      await callAction(gateway, { action: 'DescribeJobs' });
      await callRest(gateway, token, '/v1/jobs', { headers: { traceparent: 'no trace' } });
      const roots = () => receiver.spans.slice(before).filter(({ parentSpanId }) => !parentSpanId);
      await eventually('both arrive', () => roots().length >= 2);
      assert.deepEqual(
        roots().map(({ name }) => name),
        ['request describe-jobs', 'request describe-jobs'],
      );
      assert.equal(new Set(roots().map(({ traceId }) => traceId)).size, 2);
    });

    it('are not kept where the caller says so', async () => {
      await callRest(gateway, token, '/v1/jobs', { headers: traceparent('00') });
      const unkept = traceId;
      traceId = randomBytes(16).toString('hex');
      await callRest(gateway, token, '/v1/jobs', { headers: traceparent() });
      await trace(traceId);
      assert.ok(!receiver.spans.some(({ traceId }) => traceId === unkept));
    });

    it('tell a refusal by its reason, and take it for no failure', async () => {
      const answer = await callRest(gateway, token, '/v1/jobs/j-Missing0', { headers: traceparent() });
      assert.equal(answer.body.code, 13001);
      const spans = await trace(traceId);
      const operation = spans.find(({ name }) => name === 'describe-job');
      assert.equal(operation?.attributes['error.type'], 'job_not_found');
      assert.ok(spans.every(({ status }) => status !== FAILED));
    });

    it('tell what failed, and the code of the store alone', async () => {
      const { body } = await create({}, { jobType: 'broken', jobAction: 'Test' });
      const { jobId } = body.data;
      await gateway.database.db('jobs').where('job_id', jobId).update({ resources: 'no JSON' });
      const path = `/v1/jobs/latest?job_type=broken`;
      const answer = await callRest(gateway, token, path, { headers: traceparent() });
      assert.equal(answer.status, 500);
      const spans = await trace(traceId);
      const failed = spans.filter(({ status }) => status === FAILED).map(({ name }) => name);
      assert.deepEqual(failed.toSorted(), ['describe-latest-job', 'request describe-latest-job']);
    });

    it('hold no value of a caller: no id, no text, no credential, no path', async () => {
      const secret = 'a-value-that-nobody-else-has';
      const body = {
        jobType: secret,
        jobAction: secret,
        directive: { password: secret },
        resources: { x: secret },
      };
      const created = await create({ ...traceparent(), 'idempotency-key': secret }, body);
      const { jobId } = created.body.data;
      await callRest(gateway, token, `/v1/jobs/${jobId}?`, { headers: traceparent() });
      await callRest(gateway, token, `/v1/jobs?job_type=${secret}&owner=usr-${secret}`, {
        headers: traceparent(),
      });
      await callRest(gateway, undefined, '/v1/auth', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...traceparent() },
        body: JSON.stringify({ name: ADMIN.userId, password: ADMIN.password }),
      });
      await callRest(gateway, token, '/v1/users', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...traceparent() },
        body: JSON.stringify({ userId: `usr-${secret}`, email: `${secret}@example.com`, password: PASSWORD }),
      });
      const requests = () =>
        receiver.spans.filter((span) => span.traceId === traceId && span.kind === SERVER).length;
      await eventually('all requests arrive', () => requests() === 5);
      const sent = receiver.bodies.join('\n');
      for (const value of [secret, jobId, token, ADMIN.userId, ADMIN.password, PASSWORD, '127.0.0.1']) {
        assert.ok(!sent.includes(value), value);
      }
      assert.ok(!/argon2|\/v1\//.test(sent));
    });

    it('carry the headers that they are sent with, and stay silent about probes', async () => {
      assert.ok(receiver.headers.every((headers) => headers['x-key'] === 'a secret'));
      await fetch(`${gateway.base}/readyz`);
      await callRest(gateway, token, '/v1/jobs', { headers: traceparent() });
      await trace(traceId);
      assert.ok(!receiver.spans.some(({ attributes }) => attributes['db.query.text'] === 'select 1'));
      assert.ok(receiver.spans.every(({ name }) => name !== 'GET'));
    });
  });
}

describe('a gateway whose traces go nowhere', () => {
  it('answers and ends all the same, and says so once', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const gateway = await startGateway('embedded', { OTEL_EXPORTER_OTLP_ENDPOINT: nobody });
    const token = await gateway.logIn();
    for (let time = 0; time < 20; time++) {
      assert.equal((await callRest(gateway, token, '/v1/jobs')).body.code, 0);
    }
    await gateway[Symbol.asyncDispose]();
    const told = gateway.logged.filter(({ message }) => message === 'traces cannot be sent');
    assert.equal(told.length, 1);
  });

  it('loads nothing of OpenTelemetry where no endpoint is set, but what counts the metrics', async () => {
    const program = `
      import { createRequire } from 'node:module';
      import { readConfig } from './bin/config.ts';
      import './bin/serve.ts';
      import { openTracing } from './bin/open-tracing.ts';
      const tracing = await openTracing(readConfig(JSON.parse(process.argv[1])), console);
      await tracing?.close();
      const { _cache } = createRequire(import.meta.url)('node:module');
      console.log(Object.keys(_cache).filter((path) => /@opentelemetry.(?!api\\W)/.test(path)).length);`;
    const loaded = async (environment: object): Promise<number> => {
      const args = ['--import', 'tsx', '--input-type=module', '-e', program, JSON.stringify(environment)];
      return Number((await promisify(execFile)(process.execPath, args)).stdout);
    };
    assert.equal(await loaded({}), 0);
    assert.ok((await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' })) > 10);
  });
});
