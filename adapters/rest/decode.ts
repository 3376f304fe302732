import type { Credentials } from '../../src/accounts/credentials.ts';
import { Refusal, type Problem } from '../../src/errors.ts';
import type { Call, RawInput } from '../../src/gateway/gateway.ts';
import { operations, type OperationName } from '../../src/operations/index.ts';
import { decodeText, mediaType, parseJsonObject } from '../wire/body.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { isList, nearest, parsePairs, propertiesOf, typed, type Sent } from '../wire/parameters.ts';
import { toSnake } from '../wire/spelling.ts';
import type { RestRoute } from './bindings.ts';

/** A call, and the parameters that only this protocol has: `encode` repeats some of them. */
export interface Decoded {
  readonly call: Call;
  readonly own: ReadonlyMap<string, string>;
}

export function decode(operation: OperationName, route: RestRoute, request: WireRequest): Decoded {
  const own = new Map<string, string>();
  return {
    own,
    call: {
      operation,
      credentials: findCredentials(request.headers.authorization),
      origin: { address: request.address, requestId: request.requestId },
      input: () =>
        route.source === 'body' ? readObject(operation, request) : readQuery(operation, route, request, own),
    },
  };
}

/** `Authorization: <token>` is 数人云's own way; the schemes Bearer and Token are accepted too. */
function findCredentials(header: string | undefined): Credentials {
  if (header === undefined || header === '') return { by: 'nothing', detail: 'credentials-missing' };
  const token = header.replace(/^(bearer|token) +/i, '');
  if (!/^[\x21-\x7e]{1,512}$/.test(token)) return { by: 'nothing', detail: 'credentials-malformed' };
  return { by: 'token', token };
}

/** The parameters of a GET or DELETE: from the path and the query, lists separated by commas. */
function readQuery(
  operation: OperationName,
  route: RestRoute,
  request: WireRequest,
  own: Map<string, string>,
): RawInput {
  const value: Record<string, unknown> = { ...request.params };
  // nginx asks the verify route with whatever its own configuration adds.
  if (route.headersOnly) return { value, problems: [] };

  const properties = propertiesOf(operations[operation].input);
  const ownNames = route.own ?? [];
  const known = new Map(
    Object.keys(properties)
      .filter((name) => !(name in request.params) && !(route.own && (name === 'offset' || name === 'limit')))
      .map((name) => [toSnake(name), name]),
  );
  const { sent, problems } = parsePairs(request.query);
  // What `query_by` names is complained of there.
  const named = new Set(ownNames.includes('query_by') ? textIn(sent, 'query_by').split(',') : []);
  const seen = new Set<string>();
  for (const { name, value: text } of sent as (Sent & { value: string })[]) {
    const property = known.get(name);
    const isOwn = ownNames.includes(name);
    if (property === undefined && !isOwn) {
      if (!named.has(name)) problems.push(unknownParameter(name, [...known.keys(), ...ownNames]));
      continue;
    }
    if (seen.has(name)) problems.push({ parameter: name, asSent: true, fault: { is: 'duplicate' } });
    seen.add(name);
    if (text === '' && !isOwn) continue;
    // `encode` shows no page number to a caller that follows cursors.
    if (isOwn || property === 'after') own.set(name, text);
    if (property === undefined) continue;
    const schema = properties[property];
    value[property] = isList(schema) ? text.split(',').filter((word) => word !== '') : typed(schema, text);
  }
  return { value, problems: [...problems, ...(route.adjust?.(own, value, seen) ?? [])] };
}

function textIn(sent: readonly Sent[], name: string): string {
  const found = sent.find((each) => each.name === name)?.value;
  return typeof found === 'string' ? found : '';
}

/** The parameters of a POST, PUT or PATCH: from the path and a JSON body. */
async function readObject(operation: OperationName, request: WireRequest): Promise<RawInput> {
  const type = mediaType(request.headers['content-type']);
  if (type !== 'application/json') throw new Refusal('malformed_request', { detail: 'body-type' });
  const body = parseJsonObject(decodeText(await request.body()));
  const known = Object.keys(propertiesOf(operations[operation].input));
  const value: Record<string, unknown> = { ...request.params };
  const problems: Problem[] = [];
  for (const [name, given] of Object.entries(body)) {
    if (known.includes(name) && !(name in request.params)) value[name] = given;
    else problems.push(unknownParameter(name, known));
  }
  for (const { name } of parsePairs(request.query).sent) problems.push(unknownParameter(name, []));
  return { value, problems };
}

function unknownParameter(name: string, known: readonly string[]): Problem {
  const near = nearest(name, known);
  return {
    parameter: name.slice(0, 64),
    asSent: true,
    fault: { is: 'unknown', ...(near !== undefined && { nearest: near }) },
  };
}
