import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import type { OpenApiDocument } from '../../adapters/rest/openapi/document.ts';
import { writeDocument } from '../../adapters/rest/openapi/write-document.ts';
import { createJudge, findOperation, type Exchange, type Judge } from './judge-exchange.ts';

let document: OpenApiDocument | undefined;
let judge: Judge | undefined;
let judged = 0;

/** Where the run of the tests keeps count, so that it can tell when nothing was judged. */
const COUNTS = process.env['JOBGATE_TEST_COUNTS'];
process.once('exit', () => {
  if (COUNTS && judged > 0) appendFileSync(COUNTS, `${judged}\n`);
});

/** Fails the test where an answer of the REST API, or a request that it accepted, is not as documented. */
export function assertDocumented(exchange: Exchange): void {
  const complaint = findUndocumented(exchange);
  if (complaint !== undefined) assert.fail(complaint);
}

/** What {@link assertDocumented} fails with, for places where nobody would see what is thrown. */
export function findUndocumented(exchange: Exchange): string | undefined {
  if (!isRest(exchange)) return undefined;
  judge ??= createJudge(openDocument());
  judged++;
  const complaints = judge(exchange);
  const { method, target, status, text } = exchange;
  if (complaints.length === 0) return undefined;
  return [
    `${method} ${target.slice(0, 200)} → ${status} is not as documented:`,
    ...complaints,
    text.slice(0, 500),
  ].join('\n');
}

/** Whether the document has the operation that is asked for. */
export function isOperation(asked: Pick<Exchange, 'method' | 'target'>): boolean {
  return findOperation(openDocument(), asked).operation !== undefined;
}

/** Made for who asks first: it takes a while. */
function openDocument(): OpenApiDocument {
  return (document ??= writeDocument('en'));
}

/** The action API and the pages beside the two protocols have other forms. */
function isRest({ method, target, headers, text }: Exchange): boolean {
  // An OpenAPI document has no place for what OPTIONS tells: the methods that it lists are the answer.
  if (method === 'OPTIONS' && headers.get('allow') !== null) {
    assert.equal(text, '{"code":0,"data":{}}');
    return false;
  }
  if (target.startsWith('/v1')) return true;
  return headers.get('content-type') === 'application/json; charset=utf-8' && text.startsWith('{"code":');
}
