import { LANGUAGE_TAGS, LANGUAGES, type Language } from '../../wire/language.ts';
import { describeHeader, joinHeaders, joinOutcomes, refused } from './describe-answers.ts';
import type { OperationObject, ResponseObject, Schema } from './document.ts';
import { everyRequest, ifNoneMatch } from './headers.ts';
import { headerParameter } from './describe-parameters.ts';
import { tags, words } from './prose.ts';
import { unreadableAnswer } from './show-example.ts';

/** Where the document is served. */
export const DOCUMENT_PATH = '/v1/openapi';

/** The version of the document: it rises with what callers see. */
export const VERSION = '0.1.0';

const OPERATION = 'showDocument';
const TAG: Schema = { type: 'string', pattern: '^"[A-Za-z0-9_-]+"$' };
const NO_SNIFFING: Schema = { const: 'nosniff' };

/** What the document says of itself. It is no operation's answer, and has no envelope. */
export function describeDocument(language: Language): OperationObject {
  const headers: ResponseObject['headers'] = {
    ...joinHeaders([], language),
    ...describeHeader('content-language', true, [], language),
    ...describeHeader('vary', true, [], language),
    ...describeHeader('cache-control', true, ['no-cache'], language),
    ETag: { description: words.documentTag[language], required: true, schema: TAG },
    'X-Content-Type-Options': {
      description: words.noSniffing[language],
      required: true,
      schema: NO_SNIFFING,
    },
  };
  return {
    operationId: OPERATION,
    summary: words.documentSummary[language],
    tags: ['docs'],
    security: [],
    parameters: [
      {
        name: 'lang',
        in: 'query',
        description: words.documentLanguage[language],
        schema: { enum: LANGUAGES.map((each) => LANGUAGE_TAGS[each]) },
      },
      headerParameter(ifNoneMatch, language),
      ...everyRequest.map(({ name }) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    responses: {
      '200': {
        description: words.document[language],
        headers,
        content: {
          'application/json': {
            schema: DOCUMENT,
            examples: { success: { summary: words.success[language], value: outline(language) } },
          },
        },
      },
      '304': { description: words.unchanged[language], headers },
      ...joinOutcomes([refused('malformed_request', unreadableAnswer(language))], language),
    },
  };
}

/** The document in short: one operation of all. */
function outline(language: Language): Readonly<Record<string, unknown>> {
  return {
    openapi: '3.1.0',
    info: { title: words.title[language], version: VERSION },
    servers: [{ url: '/', description: words.here[language] }],
    tags: [{ name: 'docs', description: tags.docs[language] }],
    security: [{ token: [] }],
    paths: { [DOCUMENT_PATH]: { get: { operationId: OPERATION, summary: words.documentSummary[language] } } },
    components: {},
  };
}

const open: Schema = { type: 'object', additionalProperties: true };

/** What it is in outline: the specification has a schema for the rest. */
const DOCUMENT: Schema = {
  type: 'object',
  required: ['openapi', 'info', 'servers', 'tags', 'security', 'paths', 'components'],
  properties: {
    openapi: { const: '3.1.0' },
    info: open,
    servers: { type: 'array', items: open },
    tags: { type: 'array', items: open },
    security: { type: 'array', items: open },
    paths: open,
    components: open,
  },
  unevaluatedProperties: false,
};
