import type { TSchema } from '../../../schemas/type.ts';
import { operations, type OperationName } from '../../../src/operations/index.ts';
import { shapeOf } from '../../wire/parameters.ts';
import { toSnake } from '../../wire/spelling.ts';
import type { Language } from '../../wire/language.ts';
import type { RestRoute } from '../bindings.ts';
import { planOf } from '../form.ts';
import { parameterOf } from '../names.ts';
import { pagingSchemas } from '../paging.ts';
import { asText, describe, describeSchema } from './describe-schema.ts';
import type { OperationObject, ParameterObject, Reference, Schema } from './document.ts';
import type { Example } from './examples.ts';
import { everyRequest, headerTexts, ifNoneMatch, type Header } from './headers.ts';
import { words } from './prose.ts';

/** Parameters that belong to no input. */
const OWN: Readonly<Record<string, TSchema>> = pagingSchemas;

/** `/v1/jobs/:jobId` → `/v1/jobs/{job_id}`; a path names one of what the operation takes several of. */
export function pathOf({ path }: RestRoute): string {
  return path.replaceAll(/:(\w+)/g, (_, property: string) => `{${pathNameOf(property)}}`);
}

function pathNameOf(property: string): string {
  return toSnake(property.replace(/Ids$/, 'Id'));
}

/** Every parameter of a route that stands in its path, its query or a header. */
export function describeParameters(
  operation: OperationName,
  route: RestRoute,
  example: Example,
  language: Language,
): (ParameterObject | Reference)[] {
  const { properties, inPath, query, required } = planOf(operation, route);
  const schemaOf = (property: string): Schema =>
    describeSchema(properties[property] as TSchema, operation, language);

  const path = inPath.map((property): ParameterObject => {
    const schema = schemaOf(property);
    return {
      name: pathNameOf(property),
      in: 'path',
      description: describe('path', property.replace(/Ids$/, 'Id'))[language],
      required: true,
      schema: schema.type === 'array' ? (schema.items as Schema) : schema,
      example: example.path?.[property],
    };
  });
  const inQuery = (name: string, schema: Schema): ParameterObject => ({
    name,
    in: 'query',
    description: describe(operation, query.get(name) ?? name)[language],
    required: required.includes(query.get(name) ?? ''),
    ...(schema.type === 'array' && { style: 'form', explode: false }),
    schema: asText(schema),
  });
  const ofQuery =
    route.source === 'body' || route.headersOnly
      ? []
      : [
          ...[...query].map(([name, property]) => inQuery(name, schemaOf(property))),
          ...(route.own ?? []).map((name) =>
            inQuery(name, describeSchema(OWN[name] as TSchema, operation, language)),
          ),
        ];
  return [
    ...path,
    ...ofQuery,
    ...(route.headersOnly ? [anyQuery(language)] : []),
    ...ofHeaders(operation, route, language),
    ...everyRequest.map(({ name }) => ({ $ref: `#/components/parameters/${name}` })),
  ];
}

function ofHeaders(operation: OperationName, route: RestRoute, language: Language): ParameterObject[] {
  const { properties } = shapeOf(operations[operation].input);
  const carried = [
    ...(route.conditional ? ['ifVersion'] : []),
    ...(route.repeatable ? ['idempotencyKey'] : []),
  ];
  const headers = carried.map((property) => ({
    name: parameterOf(property, route.source),
    schema: headerTexts[property] ?? { ...properties[property] },
    description: describe(operation, property),
  }));
  if (route.method === 'GET' && route.entityTag) headers.push(ifNoneMatch);
  return headers.map((header) => headerParameter(header, language));
}

export function headerParameter({ name, schema, description }: Header, language: Language): ParameterObject {
  return { name, in: 'header', description: description[language], schema };
}

/** Any query at all, as the specification has it: an object whose members are parameters. */
function anyQuery(language: Language): ParameterObject {
  return {
    name: 'any',
    in: 'query',
    description: words.anyQuery[language],
    style: 'form',
    explode: true,
    schema: { type: 'object', additionalProperties: true },
    example: {},
  };
}

/** The JSON body of a route; undefined where it takes none. */
export function describeBody(
  operation: OperationName,
  route: RestRoute,
  example: Example,
  language: Language,
): OperationObject['requestBody'] {
  const { properties, required, carried } = planOf(operation, route);
  if (route.source !== 'body' || carried.length === 0) return undefined;
  const needed = required.filter((name) => carried.includes(name));
  const schema = {
    type: 'object',
    ...(needed.length > 0 && { required: needed }),
    properties: Object.fromEntries(
      carried.map((name) => [
        parameterOf(name, 'body'),
        {
          ...describeSchema(properties[name] as TSchema, operation, language),
          description: describe(operation, name)[language],
        },
      ]),
    ),
    unevaluatedProperties: false,
  };
  return {
    required: needed.length > 0,
    content: { 'application/json': { schema, example: example.body ?? {} } },
  };
}
