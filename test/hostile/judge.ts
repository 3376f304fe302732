import { writeDocument } from '../../adapters/rest/openapi/write-document.ts';
import { createJudge } from '../support/judge-exchange.ts';
import type { RawAnswer } from './line.ts';

/** What is wrong with the answer to a request, as it was sent; undefined: nothing. */
export type AnswerJudge = (
  request: { readonly bytes: Buffer; readonly alone: boolean; readonly head: boolean },
  answer: RawAnswer,
) => string | undefined;

/** Numbers that say that the gateway failed. */
const FAULTS = new Set([5000, 5100, 10000]);

export function createAnswerJudge(): AnswerJudge {
  const documented = createJudge(writeDocument('en'));
  return ({ bytes, alone, head }, answer) => {
    const { status, headers, text } = answer;
    if (!(status >= 200 && status < 500)) return `the status is ${status}`;
    const [, method = '', target = ''] = /^([A-Z]+) (\/\S*) HTTP\/1\.1\r\n/.exec(firstLine(bytes)) ?? [];
    // What cannot be read asks for no convention: it gets one of the two.
    const bare = head || (text === '' && firstLine(bytes).startsWith('HEAD '));
    if (alone || target === '') return judgeAction(answer, bare) && judgeRest(answer);
    const path = target.split('?', 1)[0] ?? '';
    if (/^\/iaas(\/|$)/.test(path)) return judgeAction(answer, method === 'HEAD');
    if (PAGES.test(path)) return undefined;
    const wrong = judgeRest(answer);
    if (wrong !== undefined || method === 'HEAD' || method === 'OPTIONS') return wrong;
    if (!path.startsWith('/v1/')) return undefined;
    const { sent, body } = readRequest(bytes, method);
    const exchange = { method, target, sent, body, status, headers: new Headers([...headers]), text };
    return documented(exchange)[0];
  };
}

/** Pages beside the two protocols. */
const PAGES = /^\/(docs|healthz|readyz|metrics)(\/|$)/;

function judgeAction({ status, headers, text }: RawAnswer, head: boolean): string | undefined {
  if (status !== 200) return `the status is ${status}`;
  if (headers.get('content-type') !== 'application/json') return `the type is ${headers.get('content-type')}`;
  if (head) return undefined;
  const body = parse(text);
  if (typeof body?.action !== 'string' || !/^[A-Za-z0-9]+Response$/.test(body.action)) return 'no action';
  if (!Number.isInteger(body.ret_code)) return 'no ret_code';
  if (FAULTS.has(body.ret_code as number)) return `the gateway failed: ${text.slice(0, 200)}`;
  return body.ret_code === 0 || typeof body.message === 'string' ? undefined : 'no message';
}

function judgeRest({ status, headers, text }: RawAnswer): string | undefined {
  if (status === 204 || status === 304) return text === '' ? undefined : 'a body';
  if (![200, 400, 401].includes(status)) return `the status is ${status}`;
  if (headers.get('content-type') !== 'application/json; charset=utf-8') {
    return `the type is ${headers.get('content-type')}`;
  }
  if (!headers.has('x-request-id')) return 'no X-Request-Id';
  if ((status === 401) !== headers.has('www-authenticate')) return 'WWW-Authenticate';
  if (text === '') return undefined;
  const body = parse(text);
  if (body?.openapi !== undefined) return undefined;
  if (!Number.isInteger(body?.code) || typeof body?.data !== 'object') return 'no envelope';
  if (FAULTS.has(body.code as number)) return `the gateway failed: ${text.slice(0, 200)}`;
  const told = headers.get('x-error-code');
  return told === (body.code === 0 ? undefined : String(body.code)) ? undefined : `X-Error-Code is ${told}`;
}

/** The number that an answer carries, for the report. */
export function codeOf({ status, text }: RawAnswer): string {
  const body = parse(text);
  const code = body?.ret_code ?? body?.code;
  return typeof code === 'number' ? String(code) : `HTTP ${status}`;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Only a body can be accepted that its method has; a header that means nothing there is passed over. */
function readRequest(bytes: Buffer, method: string): { sent: Headers; body: string } {
  const end = bytes.indexOf('\r\n\r\n');
  const taken = method === 'POST' || method === 'PUT' || method === 'PATCH';
  return { sent: new Headers(), body: taken ? bytes.toString('utf8', end + 4) : '' };
}

function firstLine(bytes: Buffer): string {
  return bytes.toString('latin1', 0, bytes.indexOf('\n') + 1);
}
