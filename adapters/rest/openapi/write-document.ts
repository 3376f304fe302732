import { operationNames, operations, type OperationName } from '../../../src/operations/index.ts';
import { REASONS, type Reason } from '../../../src/errors.ts';
import type { Language } from '../../wire/language.ts';
import { whoMay } from '../../wire/who-may.ts';
import { restBindings, type RestRoute } from '../bindings.ts';
import { describeAnswers } from './describe-answers.ts';
import { describeBody, describeParameters, headerParameter, pathOf } from './describe-parameters.ts';
import { namedSchemas } from './describe-schema.ts';
import { describeDocument, DOCUMENT_PATH, VERSION } from './describe-document.ts';
import type { Method, OpenApiDocument, OperationObject } from './document.ts';
import { examples, type Example } from './examples.ts';
import { everyRequest } from './headers.ts';
import { introduction, tags, words } from './prose.ts';
import { componentOf, refusalExample, refusalSchema } from './refusals.ts';

/**
 * The OpenAPI document of the REST API in one language: the catalogue, the bindings and the schemas, and what they
 * cannot say.
 */
export function writeDocument(language: Language): OpenApiDocument {
  const paths: Record<string, Partial<Record<Method, OperationObject>>> = {};
  for (const { operation, route, example } of describedRoutes()) {
    const method = route.method.toLowerCase() as Method;
    const path = (paths[pathOf(route)] ??= {});
    path[method] = describeOperation(operation, route, example, language);
  }
  paths[DOCUMENT_PATH] = { get: describeDocument(language) };
  // No operation meets some of the reasons, and a component that nothing refers to is a mistake to most tools.
  const text = JSON.stringify(paths);
  const met = REASONS.filter((reason) => text.includes(`/${componentOf(reason)}"`));
  const ofReasons = <Value>(make: (reason: Reason) => Value): Record<string, Value> =>
    Object.fromEntries(met.map((reason) => [componentOf(reason), make(reason)]));
  return {
    openapi: '3.1.0',
    info: {
      title: words.title[language],
      version: VERSION,
      description: introduction(language),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: words.here[language] }],
    tags: Object.entries(tags).map(([name, text]) => ({ name, description: text[language] })),
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'Authorization', description: words.token[language] },
      },
      schemas: { ...namedSchemas(language), ...ofReasons((reason) => refusalSchema(reason, language)) },
      parameters: Object.fromEntries(
        everyRequest.map((header) => [header.name, headerParameter(header, language)]),
      ),
      examples: ofReasons((reason) => refusalExample(reason, language)),
    },
  };
}

/** Every route with its example. @throws Error where an operation has more routes than examples, or fewer */
function describedRoutes(): { operation: OperationName; route: RestRoute; example: Example }[] {
  return operationNames.flatMap((operation) => {
    const routes = restBindings[operation] as readonly RestRoute[];
    const ofRoutes = examples[operation] as readonly Example[];
    if (routes.length !== ofRoutes.length) {
      throw new Error(`adapters/rest/openapi/examples.ts needs an example for each route of ${operation}`);
    }
    return routes.map((route, index) => ({ operation, route, example: ofRoutes[index] as Example }));
  });
}

function describeOperation(
  operation: OperationName,
  route: RestRoute,
  example: Example,
  language: Language,
): OperationObject {
  const { summary, permission } = operations[operation];
  const requestBody = describeBody(operation, route, example, language);
  return {
    operationId: example.operationId,
    summary: (example.summary ?? summary)[language],
    description: words.who(whoMay(operation))[language],
    tags: [example.tag],
    ...(permission === 'anyone' && { security: [] }),
    parameters: describeParameters(operation, route, example, language),
    ...(requestBody && { requestBody }),
    responses: describeAnswers(operation, route, example, language),
  };
}
