import { Refusal, type Problem } from '../../src/errors.ts';
import type { RawInput } from '../../src/gateway/gateway.ts';
import { PROBLEMS_MOST } from '../../src/gateway/validate.ts';
import { operations, type OperationName } from '../../src/operations/index.ts';
import { decodeText, mediaType } from '../wire/body.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { JsonObjectText, readMembers } from '../wire/free-json.ts';
import {
  isList,
  nearest,
  parsePairs,
  shapeOf,
  typed,
  type PropertySchema,
  type Sent,
} from '../wire/parameters.ts';
import { toSnake } from '../wire/spelling.ts';
import type { RestRoute } from './bindings.ts';
import { isHeader } from './names.ts';

/** What a route's parameters are, worked out once. */
export interface Plan {
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly required: readonly string[];
  /** The properties that the path carries. */
  readonly inPath: readonly string[];
  /** The properties that a query or a body may carry: those that the path or a header carries are left out. */
  readonly carried: readonly string[];
  /** The parameters of a query, each with the property that it carries; `page` and its like have none. */
  readonly query: ReadonlyMap<string, string>;
}

const plans = new WeakMap<RestRoute, Plan>();

export function planOf(operation: OperationName, route: RestRoute): Plan {
  const known = plans.get(route);
  if (known) return known;
  const { properties, required } = shapeOf(operations[operation].input);
  const inPath: readonly string[] = route.path.match(/(?<=:)\w+/g) ?? [];
  const carried = Object.keys(properties).filter((name) => !inPath.includes(name) && !isHeader(name));
  // Where this protocol counts pages, it does not count rows.
  const pages = (name: string): boolean => route.own !== undefined && (name === 'offset' || name === 'limit');
  const query = new Map(carried.filter((name) => !pages(name)).map((name) => [toSnake(name), name]));
  const plan = { properties, required, inPath, carried, query };
  plans.set(route, plan);
  return plan;
}

/** The parameters of a GET or DELETE: from the path and the query, lists separated by commas. */
export function readQuery(
  operation: OperationName,
  route: RestRoute,
  request: WireRequest,
  own: Map<string, string>,
): RawInput {
  const { properties, query: known } = planOf(operation, route);
  const { value, problems } = readSurroundings(properties, route, request);
  // nginx asks the verify route with whatever its own configuration adds.
  if (route.headersOnly) return { value, problems: [] };
  const ownNames = route.own ?? [];
  if (request.query === '' && !route.adjust) return { value, problems };

  const { sent, problems: unread } = parsePairs(request.query);
  problems.unshift(...unread);
  // What `query_by` names is complained of there.
  const named = new Set(
    ownNames.includes('query_by')
      ? textIn(sent, 'query_by')
          .split(',')
          .filter((name) => name !== '')
      : [],
  );
  const seen = new Set<string>();
  const given = new Set<string>();
  for (const { name, value: text } of sent as (Sent & { value: string })[]) {
    const property = known.get(name);
    const isOwn = ownNames.includes(name);
    if (property === undefined && !isOwn) {
      if (!named.has(name)) tellUnknown(problems, name, [...known.keys(), ...ownNames]);
      continue;
    }
    if (seen.has(name)) problems.push({ parameter: name, asSent: true, fault: { is: 'duplicate' } });
    seen.add(name);
    const schema = property === undefined ? undefined : properties[property];
    // Where several may be chosen, none chosen must not read as all: validation refuses the empty list.
    if (text === '' && !isOwn && !isList(schema)) continue;
    given.add(name);
    // `encode` shows no page number to a caller that follows cursors.
    if (isOwn || property === 'after') own.set(name, text);
    if (property === undefined) continue;
    value[property] = isList(schema) ? text.split(',').filter((word) => word !== '') : typed(schema, text);
  }
  return { value, problems: [...problems, ...(route.adjust?.(own, value, given) ?? [])] };
}

function textIn(sent: readonly Sent[], name: string): string {
  const found = sent.find((each) => each.name === name)?.value;
  return typeof found === 'string' ? found : '';
}

/** The parameters of a POST, PUT or PATCH: from the path, some headers and a JSON body. */
export async function readObject(
  operation: OperationName,
  route: RestRoute,
  request: WireRequest,
): Promise<RawInput> {
  const text = decodeText(await request.body());
  const type = mediaType(request.headers['content-type']);
  const { properties, required, carried: known } = planOf(operation, route);
  // Where nothing must be said, nothing need be sent.
  const empty = text.trim() === '' && !required.some((name) => known.includes(name));
  if (!empty && type !== 'application/json') throw new Refusal('malformed_request', { detail: 'body-type' });

  const { value, problems } = readSurroundings(properties, route, request);
  const seen = new Set<string>();
  for (const { name, value: given } of empty ? [] : readMembers(text)) {
    if (!known.includes(name)) tellUnknown(problems, name, known);
    else if (seen.has(name)) problems.push({ parameter: name, fault: { is: 'duplicate' } });
    else if (properties[name]?.format === 'json-object' && !(given instanceof JsonObjectText)) {
      problems.push({ parameter: name, fault: { is: 'type', expected: 'object' } });
    } else value[name] = given instanceof JsonObjectText ? typed(properties[name], given) : given;
    seen.add(name);
  }
  const { sent: inQuery, problems: unread } = parsePairs(request.query);
  problems.push(...unread);
  for (const { name } of inQuery) tellUnknown(problems, name, []);
  const secret = known.some((name) => properties[name]?.format === 'password' && name in value);
  if (secret && request.passwordsRefused) {
    throw new Refusal('invalid_parameter', { detail: 'password-in-the-clear' });
  }
  return { value, problems };
}

/** Methods that a version may be asked for with. */
const CHANGES: ReadonlySet<RestRoute['method']> = new Set(['PUT', 'PATCH', 'DELETE']);

/** What the path and the headers say of an input. */
function readSurroundings(
  properties: Plan['properties'],
  route: RestRoute,
  { params, headers }: WireRequest,
): { value: Record<string, unknown>; problems: Problem[] } {
  const value: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [name, given] of Object.entries(params))
    value[name] = isList(properties[name]) ? [given] : given;
  const key = headers['idempotency-key'];
  if (route.repeatable && key !== undefined) value.idempotencyKey = key;
  const match = headers['if-match'];
  if (match === undefined || match.trim() === '*') return { value, problems };
  if (route.conditional) {
    const versions = readTags(match);
    if (versions) value.ifVersion = versions;
    else problems.push({ parameter: 'If-Match', asSent: true, fault: { is: 'format', expected: 'tag' } });
  } else if (CHANGES.has(route.method)) {
    // Whoever sends it counts on a protection that there is not.
    problems.push({ parameter: 'If-Match', asSent: true, fault: { is: 'unknown' } });
  }
  return { value, problems };
}

/** The versions that entity tags name. A weak tag matches nothing: it does not say which version was seen. */
function readTags(header: string): number[] | undefined {
  const tags = header.split(',').map((tag) => /^"([1-9]\d{0,14})"$/.exec(tag.trim())?.[1]);
  return tags.every((tag) => tag !== undefined) ? tags.map(Number) : undefined;
}

/** Those that the answer will not name are not compared with every name that was perhaps meant. */
function tellUnknown(problems: Problem[], name: string, known: readonly string[]): void {
  if (problems.length >= PROBLEMS_MOST) return;
  const near = nearest(name, known);
  problems.push({
    parameter: name.slice(0, 64),
    asSent: true,
    fault: { is: 'unknown', ...(near !== undefined && { nearest: near }) },
  });
}
