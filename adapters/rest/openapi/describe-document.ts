import { LANGUAGE_TAGS, LANGUAGES, type Language } from '../../wire/language.ts';
import { describeHeader, joinHeaders, joinOutcomes, refused } from './describe-answers.ts';
import type { OperationObject, ResponseObject, Schema } from './document.ts';
import { everyRequest, ifNoneMatch } from './headers.ts';
import { headerParameter } from './describe-parameters.ts';
import { words } from './prose.ts';
import { unreadableAnswer } from './show-example.ts';

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
    operationId: 'showDocument',
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
        content: { 'application/json': { schema: DOCUMENT } },
      },
      '304': { description: words.unchanged[language], headers },
      ...joinOutcomes([refused('malformed_request', unreadableAnswer(language))], language),
    },
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
