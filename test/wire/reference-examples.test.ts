import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { describeActions } from '../../adapters/action/reference/describe-actions.ts';
import { examples, type Example } from '../../adapters/action/reference/examples.ts';
import { SIGN_WITH_OPENSSL, workedSignature } from '../../adapters/action/reference/worked-signature.ts';
import { actionUser, callAction, type Answer } from '../support/clients.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';

/** A caller's own data: what is in it is not the reference's business. */
const FREE = new Set(['resources', 'directive']);

/** The keys and the types of an answer; of all members of a list together. */
function formOf(value: unknown): unknown {
  if (Array.isArray(value))
    return [Object.assign({}, ...value.map((member) => ({ member: formOf(member) })))];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, FREE.has(key) ? 'data' : formOf(inner)]),
  );
}

/** The fields of an answer by the paths that the reference has for them. */
function pathsOf(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const path = `${prefix}${key}`;
    if (FREE.has(key) || typeof inner !== 'object' || inner === null) return [path];
    const members = Array.isArray(inner) ? inner : [inner];
    const objects = members.filter((member) => typeof member === 'object');
    const mark = Array.isArray(inner) ? '[].' : '.';
    return [path, ...objects.flatMap((member: object) => pathsOf(member, `${path}${mark}`))];
  });
}

const hasShellTools = spawnSync('sh', ['-c', 'command -v curl && command -v openssl']).status === 0;

/** Answers every example, each as soon as the variables that it needs were answered by others. */
async function answerAll(
  call: (
    example: ReturnType<typeof describeActions>[number],
    variables: Record<string, string>,
  ) => Promise<string>,
): Promise<Map<string, string>> {
  const variables: Record<string, string> = {};
  const answers = new Map<string, string>();
  let left = [...describeActions()];
  while (left.length > 0) {
    const needs = ({ operation }: (typeof left)[number]): boolean =>
      Object.values((examples[operation] as Example).parameters).every(
        (value) => !value.startsWith('$') || value.slice(1) in variables,
      );
    const next = left.find(needs);
    assert.ok(
      next,
      `no example answers the variables that these need: ${left.map(({ action }) => action).join()}`,
    );
    left = left.filter((each) => each !== next);
    const text = await call(next, variables);
    answers.set(next.action, text);
    for (const [key, value] of Object.entries(JSON.parse(text) as object)) {
      // USER_ID is who calls.
      const name = key === 'user_id' ? 'NEW_USER_ID' : key.toUpperCase();
      if (key.endsWith('_id') && typeof value === 'string') variables[name] ??= value;
    }
  }
  return answers;
}

describe('the examples of the reference', () => {
  let gateway: TestGateway;
  before(async () => void (gateway = await startGateway('embedded')));
  after(() => gateway[Symbol.asyncDispose]());

  const assertAsDocumented = (answers: ReadonlyMap<string, string>): void => {
    for (const { action, answer, fields } of describeActions()) {
      const got = JSON.parse(answers.get(action) ?? '') as object;
      assert.deepEqual(formOf(got), formOf(JSON.parse(answer)), action);
      const paths = new Set(pathsOf(got));
      for (const { path, optional } of fields) assert.ok(optional || paths.has(path), `${action} ${path}`);
      for (const path of paths)
        assert.ok(
          fields.some((field) => field.path === path),
          `${action} ${path}`,
        );
    }
  };

  it('are answered as they say', async () => {
    const answers = await answerAll(async ({ action, operation }, variables) => {
      const { parameters } = examples[operation] as Example;
      const sent = Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [
          name,
          variables[value.replace(/^\$/, '')] ?? value,
        ]),
      );
      return (await callAction(gateway, { action, ...sent, client_token: `by-form-${action}` })).text;
    });
    assertAsDocumented(answers);
  });

  it('work as they are pasted into a shell', { skip: !hasShellTools && 'no curl' }, async () => {
    const answers = await answerAll(async ({ action, request }, variables) => {
      const env = {
        PATH: process.env.PATH,
        BASE: `${gateway.base}/iaas/`,
        USER_ID: ADMIN.userId,
        PASSWORD_BASE64: Buffer.from(ADMIN.password).toString('base64'),
        ...variables,
      };
      const { stdout, status } = await runShell(request, env);
      assert.equal(status, 0, action);
      return stdout;
    });
    assertAsDocumented(answers);
  });

  it('sign as they are pasted into a shell', { skip: !hasShellTools && 'no openssl' }, async () => {
    const env = { PATH: process.env.PATH, TEXT: workedSignature.text };
    const { stdout } = await runShell(SIGN_WITH_OPENSSL, env);
    assert.equal(stdout.trim(), workedSignature.signature);
  });

  it('have answers whose further fields are documented too', async () => {
    const verbose = await callAction(gateway, { action: 'DescribeJobs', verbose: 1, limit: 1 });
    const documented = describeActions().find(({ action }) => action === 'DescribeJobs')?.fields ?? [];
    const paths = pathsOf(verbose.body as object);
    assert.ok(paths.includes('next') && paths.includes('job_set[].version'));
    for (const path of paths)
      assert.ok(
        documented.some((field) => field.path === path),
        path,
      );
  });

  it('say who may not call: a user no status, an operator no hiding of another’s job', async () => {
    await gateway.addUser('usr-plain', 'user');
    await gateway.addUser('usr-worker', 'operator');
    const plain = actionUser('usr-plain');
    const { body } = await callAction(
      gateway,
      { action: 'CreateJob', job_type: 't', job_action: 'a' },
      plain,
    );
    const refused = async (parameters: Record<string, string>, userId: string): Promise<Answer> =>
      callAction(gateway, parameters, actionUser(userId));
    const report = { action: 'ModifyJobStatus', job_id: String(body.job_id), status: 'failed' };
    assert.equal((await refused(report, 'usr-plain')).body.ret_code, 1400);
    assert.equal((await refused(report, 'usr-worker')).body.ret_code, 0);
    const hide = { action: 'DeleteJobs', job_ids: String(body.job_id) };
    assert.equal((await refused(hide, 'usr-worker')).body.ret_code, 1400);
    assert.equal((await refused(hide, 'usr-plain')).body.ret_code, 0);
    const others = { action: 'CreateJob', job_type: 't', job_action: 'a', owner: ADMIN.userId };
    assert.equal((await refused(others, 'usr-plain')).body.ret_code, 1400);
    assert.equal((await refused(others, 'usr-worker')).body.ret_code, 0);
  });
});

/** Runs a line of a shell without blocking the gateway, which lives in this process. */
function runShell(line: string, env: NodeJS.ProcessEnv): Promise<{ stdout: string; status: number }> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], { env }, (error, stdout) =>
      resolve({ stdout, status: error ? Number(error.code ?? 1) : 0 }),
    );
  });
}
