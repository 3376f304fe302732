import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { OperationObject } from '../../adapters/rest/openapi/document.ts';
import { writeDocument } from '../../adapters/rest/openapi/write-document.ts';
import { callRest, type Answer } from '../support/clients.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';

const { paths } = writeDocument('en');
const operations = new Map(
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [operation.operationId, { path, method, operation }]),
  ),
);

/** What the example of a body or a path cannot know: whose password it is, and which job or key there is. */
interface Known {
  readonly body?: object;
  readonly id?: string;
}

/** The types of all that a value has, by where it stands; free data is one thing. */
function formOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(formOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'resources' || key === 'directive' ? 'free' : formOf(inner),
    ]),
  );
}

describe('the examples of the OpenAPI document', () => {
  let gateway: TestGateway;
  let token: string;
  const tried = new Set<string>();
  before(async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    gateway = await startGateway('embedded', {
      KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      PASSWORD_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    });
    token = await gateway.logIn();
  });
  after(() => gateway[Symbol.asyncDispose]());

  /** Sends an operation's example, and compares the answer with the documented one, key by key and type by type. */
  const send = async (operationId: string, { body, id }: Known = {}): Promise<Answer> => {
    tried.add(operationId);
    const found = operations.get(operationId);
    assert.ok(found, operationId);
    const { path, method, operation } = found;
    const example = operation.requestBody?.content['application/json']?.example as object | undefined;
    const sent = example && { ...example, ...body };
    const answer = await callRest(gateway, token, path.replace(/\{\w+\}/, id ?? exampleId(operation)), {
      method: method.toUpperCase(),
      ...(sent && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) }),
    });
    const shown = operation.responses['200']?.content?.['application/json']?.examples?.success;
    // The document is shown in short.
    const whole = operationId !== 'showDocument';
    if (shown && whole)
      assert.deepEqual(formOf(answer.body), formOf('value' in shown ? shown.value : undefined));
    return answer;
  };

  it('answer as they say when they are sent to a gateway', async () => {
    assert.equal((await send('logIn', { body: { password: ADMIN.password } })).status, 200);
    await send('describePasswordKey');
    await send('describeSession');
    assert.equal((await send('verifySession')).status, 204);
    await send('describeLatestJob');
    // The sample job of the embedded store.
    await send('describeJob');

    const { jobId: id } = (await send('createJob')).body.data;
    await send('replaceJob', { id });
    await send('reportJob', { id });
    await send('describeJobTimeline', { id });
    await send('cancelJob', { id });
    await send('hideJob', { id });

    const { accessKeyId } = (await send('createAccessKey')).body.data;
    await send('describeAccessKeys');
    await send('describeAccessKey', { id: accessKeyId });
    await send('changeAccessKey', { id: accessKeyId });
    await send('removeAccessKey', { id: accessKeyId });

    const { userId } = (await send('createUser')).body.data;
    await send('describeUsers');
    await send('describeUser', { id: userId });
    await send('changeUser', { id: userId });
    await send('changePassword', { id: userId });
    await send('revokeTokens', { id: userId });
    // These need what stands in a mail alone: the tests of mails send them.
    for (const byMail of ['activateUser', 'requestReset', 'resetPassword']) tried.add(byMail);

    const page = operations.get('describeJobs');
    assert.ok(page);
    const listed = await callRest(gateway, token, '/v1/jobs?per_page=2');
    const { success } = page.operation.responses['200']?.content?.['application/json']?.examples ?? {};
    assert.ok(success && 'value' in success);
    assert.deepEqual(Object.keys(listed.body.data), Object.keys((success.value as Answer['body']).data));
    tried.add('describeJobs');

    const { body: document } = await callRest(gateway, token, '/v1/openapi?lang=en');
    const short = operations.get('showDocument')?.operation.responses['200']?.content?.['application/json'];
    const example = short?.examples?.success;
    assert.ok(example && 'value' in example);
    const { value } = example as { value: Answer['body'] };
    assert.deepEqual(Object.keys(document), Object.keys(value));
    const { servers, security, tags, info, paths: documented } = document;
    assert.deepEqual({ servers, security }, { servers: value.servers, security: value.security });
    assert.deepEqual({ title: info.title, version: info.version }, value.info);
    assert.deepEqual(tags.at(-1), value.tags[0]);
    for (const [path, { get }] of Object.entries<Answer['body']>(value.paths)) {
      const { operationId, summary } = documented[path].get;
      assert.deepEqual({ operationId, summary }, get);
    }
    assert.equal((await send('showDocument')).status, 200);
    await send('logOut');
    assert.deepEqual([...tried].toSorted(), [...operations.keys()].toSorted());
  });
});

function exampleId({ parameters }: OperationObject): string {
  const inPath = parameters.find((parameter) => 'in' in parameter && parameter.in === 'path');
  return inPath && 'example' in inPath ? String(inPath.example) : '';
}
