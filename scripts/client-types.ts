/**
 * Writes the types of the TypeScript client from the OpenAPI document: `tsx scripts/client-types.ts`. With `--check`
 * it writes nothing, and complains where the file is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import type { OperationObject, ParameterObject, Schema } from '../adapters/rest/openapi/document.ts';
import { writeDocument } from '../adapters/rest/openapi/write-document.ts';

const PATH = 'clients/typescript/src/types.ts';
const document = writeDocument('en');

/** What the client sees to by itself. */
const OWN_HEADERS = new Set(['X-Request-Id', 'Accept-Language', 'If-None-Match']);

/** A schema as a type. */
function typeOf(schema: Schema): string {
  const {
    $ref,
    type,
    enum: words,
    items,
    properties,
    required = [],
    additionalProperties,
  } = schema as {
    $ref?: string;
    type?: string;
    enum?: readonly unknown[];
    items?: Schema;
    properties?: Record<string, Schema>;
    required?: readonly string[];
    additionalProperties?: Schema | boolean;
  };
  if ($ref) return $ref.split('/').at(-1) ?? 'never';
  if ('const' in schema) return JSON.stringify(schema.const);
  if (words) return words.map((word) => JSON.stringify(word)).join(' | ');
  if (type === 'array') return `readonly (${typeOf(items ?? {})})[]`;
  if (type === 'integer' || type === 'number') return 'number';
  if (type !== 'object') return type ?? 'unknown';
  if (typeof additionalProperties === 'object')
    return `Readonly<Record<string, ${typeOf(additionalProperties)}>>`;
  if (!properties) return 'Readonly<Record<string, unknown>>';
  return members(
    Object.entries(properties).map(([name, inner]) => [
      name,
      inner,
      required.includes(name),
      inner.description,
    ]),
  );
}

function members(all: readonly (readonly [string, Schema, boolean, unknown])[]): string {
  if (all.length === 0) return 'Readonly<Record<string, never>>';
  const lines = all.map(([name, schema, required, description]) => {
    const comment = typeof description === 'string' ? `/** ${description} */\n` : '';
    return `${comment}readonly ${JSON.stringify(name)}${required ? '' : '?'}: ${typeOf(schema)};`;
  });
  return `{\n${lines.join('\n')}\n}`;
}

/** The operations that answer in the envelope: the verify route is nginx's, and the document has none. */
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, operation]) => {
    const { oneOf = [] } = (operation.responses['200']?.content?.['application/json']?.schema ?? {}) as {
      oneOf?: readonly Schema[];
    };
    const data = (oneOf[0]?.properties as Record<string, Schema> | undefined)?.data;
    return data ? [{ path, method: method.toUpperCase(), operation, data }] : [];
  }),
);

function inputOf({ parameters, requestBody }: OperationObject): string {
  const ours = parameters.filter(
    (each): each is ParameterObject => 'in' in each && !OWN_HEADERS.has(each.name),
  );
  const parts = (['path', 'query', 'header'] as const).flatMap((where) => {
    const those = ours.filter((parameter) => parameter.in === where);
    if (those.length === 0) return [];
    const type = members(
      those.map(({ name, schema, required = false, description }) => [name, schema, required, description]),
    );
    return `readonly ${where === 'header' ? 'headers' : where}${where === 'path' ? '' : '?'}: ${type};`;
  });
  const body = requestBody?.content['application/json'];
  if (body) parts.push(`readonly body${requestBody?.required ? '' : '?'}: ${typeOf(body.schema)};`);
  return `{\n${parts.join('\n')}\n}`;
}

const needsInput = ({ parameters, requestBody }: OperationObject): boolean =>
  requestBody?.required === true || parameters.some((each) => 'in' in each && each.in === 'path');

const isRepeatable = ({ parameters }: OperationObject): boolean =>
  parameters.some((parameter) => 'in' in parameter && parameter.name === 'Idempotency-Key');

const { schemas } = document.components;
const failures = Object.keys(schemas).filter((name) => 'code' in Object(schemas[name]?.properties));
const things = Object.keys(schemas).filter((name) => !failures.includes(name));

const text = [
  '// Written by scripts/client-types.ts from the OpenAPI document: run `npm run client-types`.',
  ...things.map((name) => `export type ${name} = ${typeOf(schemas[name] ?? {})};`),
  ...failures.map(
    (name) =>
      `/** ${String(schemas[name]?.description)} */\nexport type ${name} = ${typeOf(schemas[name] ?? {})};`,
  ),
  '/** What every failure tells, whichever it is. */',
  `export interface Failure {
    readonly code: (${failures.join(' | ')})['code'];
    readonly data: {
      readonly message: string;
      readonly reason: (${failures.join(' | ')})['data']['reason'];
      readonly parameters?: Readonly<Record<string, string>>;
      readonly jobId?: string;
      readonly status?: string;
      readonly version?: number;
      readonly requestId: string;
    };
  }`,
  '/** What each operation takes, and the `data` that it answers. */',
  `export interface Operations {
    ${operations
      .map(
        ({ operation, data }) =>
          `/** ${operation.summary} ${operation.description} */
          ${operation.operationId}: { readonly input${needsInput(operation) ? '' : '?'}: ${inputOf(operation)}; readonly data: ${typeOf(data)} };`,
      )
      .join('\n')}
  }`,
  'export type OperationId = keyof Operations;',
  `export const routes: Readonly<Record<OperationId, { method: string; path: string; repeatable: boolean }>> = {
    ${operations
      .map(
        ({ operation, method, path }) =>
          `${operation.operationId}: { method: '${method}', path: '${path}', repeatable: ${isRepeatable(operation)} },`,
      )
      .join('\n')}
  };`,
].join('\n\n');

const written = await format(text, { ...(await resolveConfig(PATH)), filepath: PATH });
if (process.argv.includes('--check')) {
  if (readFileSync(PATH, 'utf8') === written) console.log('client: its types are those of the document');
  else {
    console.error(`${PATH} is not what the OpenAPI document says; run: npm run client-types`);
    process.exitCode = 1;
  }
} else writeFileSync(PATH, written);
