import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { actionBindings } from '../../adapters/action/bindings.ts';
import { parameterOf } from '../../adapters/action/names.ts';
import { restRoutes } from '../../adapters/rest/answer.ts';
import { shapeOf } from '../../adapters/wire/parameters.ts';
import { toSnake } from '../../adapters/wire/spelling.ts';
import { operationNames, operations, type OperationName } from '../../src/operations/index.ts';
import { ADMIN, startGateway, type TestGateway } from '../support/gateway.ts';
import { frame, parameter, writeDraft, type Draft, type Parameter } from './draft.ts';
import { createAnswerJudge } from './judge.ts';
import { openLine, type Line } from './line.ts';
import { HEADER_VALUES, HEADERS, JSONS, NAMES, TEXTS } from './nasty.ts';

const RUNS = 600;

/** A value of any form: words and numbers that programs trip over, and whatever else JSON has. */
const value: fc.Arbitrary<Omit<Parameter, 'name'>> = fc.oneof(
  fc.record({ text: fc.constantFrom(...TEXTS), json: fc.constantFrom(...JSONS) }),
  fc.jsonValue({ maxDepth: 4 }).map((any) => parameter('', any)),
  fc.string({ unit: 'binary', maxLength: 80 }).map((text) => ({ text, json: JSON.stringify(text) })),
  fc.double().map((number) => ({ text: String(number), json: String(number) })),
  fc.bigInt().map((number) => ({ text: String(number), json: String(number) })),
);

const parametersOf = (
  operation: OperationName,
  spell: (name: string) => string,
): fc.Arbitrary<Parameter[]> => {
  const declared = Object.keys(shapeOf(operations[operation].input).properties).map(spell);
  const name = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('x', ...declared) },
    { weight: 1, arbitrary: fc.constantFrom(...NAMES) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('x', ...declared), fc.nat()).map((each) => each.join('.')),
    },
  );
  return fc.array(
    fc.tuple(name, value).map(([own, rest]) => ({ ...rest, name: own })),
    { maxLength: 6 },
  );
};

const headers = fc.array(fc.tuple(fc.constantFrom(...HEADERS), fc.constantFrom(...HEADER_VALUES)), {
  maxLength: 2,
});

describe('any parameters of any operation', () => {
  let gateway: TestGateway;
  let token: string;
  let line: Line | undefined;
  const judge = createAnswerJudge();
  before(async () => {
    gateway = await startGateway('embedded');
    token = await gateway.logIn();
  });
  after(async () => {
    line?.end();
    await gateway[Symbol.asyncDispose]();
  });

  const holds = async (draft: Draft): Promise<void> => {
    const bytes = frame(writeDraft(draft));
    if (!line?.open) line = openLine(Number(new URL(gateway.base).port));
    const answer = await line.ask(bytes, false);
    assert.ok(answer, 'no answer came');
    assert.equal(judge({ bytes, alone: false, head: false }, answer), undefined, answer.text.slice(0, 300));
  };

  it('are answered in the convention of the action API', async () => {
    const drafts = fc
      .constantFrom(...operationNames.filter((name) => actionBindings[name]))
      .chain((operation) =>
        fc.record({
          protocol: fc.constant('action' as const),
          operation: fc.constant(operation),
          method: fc.constant('POST'),
          path: fc.constantFrom('/iaas', '/iaas/'),
          place: fc.constantFrom('form' as const, 'json' as const),
          parameters: parametersOf(operation, (name) => parameterOf(name)).map((own) => [
            parameter('action', actionBindings[operation]?.action),
            ...own,
            parameter('USER_ID', ADMIN.userId),
            parameter('PASSWORD', Buffer.from(ADMIN.password).toString('base64')),
          ]),
          headers: headers.map((own) => own.map(([name, text]): [string, string] => [name, latin(text)])),
        }),
      );
    await fc.assert(fc.asyncProperty(drafts, holds), { numRuns: RUNS });
  });

  it('are answered in the convention of the REST API', async () => {
    const routes = restRoutes().filter(
      ({ operation }) => operation !== 'log-out' && operation !== 'revoke-tokens',
    );
    const drafts = fc.constantFrom(...routes).chain(({ operation, route }) =>
      fc.record({
        protocol: fc.constant('rest' as const),
        operation: fc.constant(operation),
        method: fc.constant(route.method),
        path: fc
          .constantFrom(...TEXTS)
          .map((id) => route.path.replace(/:\w+/, encodeURIComponent(latin(id)).slice(0, 900) || 'x')),
        place: fc.constant(route.source === 'body' ? ('json' as const) : ('query' as const)),
        parameters: parametersOf(operation, route.source === 'body' ? (name) => name : toSnake),
        headers: headers.map((own) => [
          ...own.map(([name, text]): [string, string] => [name, latin(text)]),
          ['Authorization', token] as [string, string],
          ['Content-Type', 'application/json'] as [string, string],
        ]),
      }),
    );
    await fc.assert(fc.asyncProperty(drafts, holds), { numRuns: RUNS });
  });
});

/** What a header may hold, and a path once it is escaped. */
function latin(text: string): string {
  // oxlint-disable-next-line no-control-regex -- those that HTTP does not have
  return text.replaceAll(/[\x00-\x1f\x7f\u0100-\uffff]/g, '~');
}
