import { joinOutcomes, refused } from '../../adapters/rest/openapi/describe-answers.ts';
import type {
  Method,
  OpenApiDocument,
  OperationObject,
  ParameterObject,
  ResponseObject,
} from '../../adapters/rest/openapi/document.ts';
import { specimenOf } from '../../adapters/rest/openapi/refusals.ts';
import { refusalAnswer, unreadableAnswer } from '../../adapters/rest/openapi/show-example.ts';
import { createValidator } from './document-validator.ts';

/** A request as it was sent, and what came back. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly target: string;
  readonly sent: Headers;
  readonly body?: string | undefined;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Every way in which an exchange is not as documented, in words. */
export type Judge = (exchange: Exchange) => string[];

/** Headers of HTTP's own transport; the type of the content is looked at with the content. */
const TRANSPORT = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

/** What is answered where no path or method fits, or what came was no request at all. */
const UNROUTED = joinOutcomes(
  [
    refused('resource_not_found', refusalAnswer(specimenOf('resource_not_found'), 'en')),
    refused('malformed_request', unreadableAnswer('en')),
  ],
  'en',
);

/** Judges by a document: the operation, the answer, and, where it was accepted, the request. */
export function createJudge(document: OpenApiDocument): Judge {
  const judgeAnswer = createAnswerJudge(document);
  const judgeRequest = createRequestJudge(document);
  return (exchange) => {
    const { template, operation } = findOperation(document, exchange);
    if (!operation) return judgeAnswer(UNROUTED, exchange);
    const complaints = judgeAnswer(operation.responses, exchange);
    return wasAccepted(exchange)
      ? [...complaints, ...judgeRequest(operation, template, exchange)]
      : complaints;
  };
}

interface Found {
  readonly template: string;
  readonly operation: OperationObject | undefined;
}

/** The operation that is asked for, where the document has it. */
export function findOperation(
  document: OpenApiDocument,
  { method, target }: Pick<Exchange, 'method' | 'target'>,
): Found {
  const template = findTemplate(document, target.split('?', 1)[0] ?? '') ?? '';
  // HEAD is answered as GET is.
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
  return { template, operation: document.paths[template]?.[asked as Method] };
}

/** The path of the document that fits; one without parameters before others, as the specification has it. */
function findTemplate(document: OpenApiDocument, path: string): string | undefined {
  const templates = Object.keys(document.paths);
  return (
    templates.find((template) => template === path) ??
    templates.find((template) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
  );
}

function wasAccepted({ status, headers }: Exchange): boolean {
  return status < 400 && headers.get('x-error-code') === null;
}

/** Times are answered in UTC with milliseconds. */
const ANSWERED_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function createAnswerJudge(
  document: OpenApiDocument,
): (responses: OperationObject['responses'], exchange: Exchange) => string[] {
  const validate = createValidator(document, (text) => ANSWERED_TIME.test(text));

  const judgeHeaders = ({ headers: documented }: ResponseObject, headers: Headers): string[] => {
    const known = new Map(Object.entries(documented).map(([name, each]) => [name.toLowerCase(), each]));
    const undocumented = [...headers.keys()].filter((name) => !known.has(name) && !TRANSPORT.has(name));
    const wrong = [...known].flatMap(([name, { required, schema }]) => {
      const text = headers.get(name);
      if (text === null) return required ? [`the header ${name} is missing`] : [];
      const because = validate(schema, schema.type === 'integer' ? Number(text) : text);
      return because === '' ? [] : [`the header ${name} is ${text}: ${because}`];
    });
    return [...undocumented.map((name) => `the header ${name} is not documented`), ...wrong];
  };

  const judgeBody = ({ content }: ResponseObject, { headers, text, method }: Exchange): string[] => {
    const type = headers.get('content-type');
    if (!content) return type === null && text === '' ? [] : [`a body of type ${type} is not documented`];
    const media = content[type?.split(';', 1)[0] ?? ''];
    if (!media) return [`the type of content ${type} is not documented`];
    if (method === 'HEAD') return text === '' ? [] : ['HEAD is answered with a body'];
    const because = validate(media.schema, JSON.parse(text));
    return because === '' ? [] : [`the body does not fit: ${because}`];
  };

  return (responses, exchange) => {
    const response = responses[String(exchange.status)];
    if (!response) return [`the status ${exchange.status} is not documented`];
    return [...judgeHeaders(response, exchange.headers), ...judgeBody(response, exchange)];
  };
}

/** A request that was accepted had no parameter, and no value, that the document does not have. */
function createRequestJudge(
  document: OpenApiDocument,
): (operation: OperationObject, template: string, exchange: Exchange) => string[] {
  const validate = createValidator(document, (text) => !Number.isNaN(Date.parse(text)));
  const parametersOf = ({ parameters }: OperationObject): ParameterObject[] =>
    parameters.flatMap((each) =>
      '$ref' in each ? (document.components.parameters[each.$ref.split('/').at(-1) ?? ''] ?? []) : each,
    );
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  /** Headers that mean something to some operation. A server is free to look past If-None-Match. */
  const headers = new Set(
    operations
      .flatMap(parametersOf)
      .flatMap((each) => (each.in === 'header' && each.name !== 'If-None-Match' ? each.name : [])),
  );

  return (operation, template, { target, sent, body }) => {
    const known = parametersOf(operation);
    const judge = (where: ParameterObject['in'], name: string, text: string): string[] => {
      const own = known.filter((each) => each.in === where);
      if (own.some((each) => each.explode === true)) return [];
      const parameter = own.find((each) => each.name === name);
      if (!parameter) return [`the ${where} parameter ${name} was accepted, and is not documented`];
      const because = validate(parameter.schema, readText(parameter, text));
      return because === '' ? [] : [`the ${where} parameter ${name} was accepted as ${text}: ${because}`];
    };
    const [path = '', query = ''] = target.split(/\?(.*)/s);
    return [
      ...inPath(template, path).flatMap(([name, text]) => judge('path', name, text)),
      // An empty value counts as none, but where a list is taken.
      ...[...new URLSearchParams(query)].flatMap(([name, text]) =>
        text === '' && known.some((each) => each.name === name && each.schema.type !== 'array')
          ? []
          : judge('query', name, text),
      ),
      ...[...headers].flatMap((name) => {
        const text = sent.get(name);
        // What is odd there is replaced or passed over, and not refused.
        const lenient = name === 'X-Request-Id' || name === 'Accept-Language';
        // The one asks for nothing, the other is passed over where nothing takes it: the document says so in words.
        const idle =
          (name === 'If-Match' && text?.trim() === '*') ||
          (name === 'Idempotency-Key' && !known.some((each) => each.name === name));
        return text === null || lenient || idle ? [] : judge('header', name, text);
      }),
      ...judgeBody(operation, body ?? ''),
    ];
  };

  function judgeBody({ requestBody }: OperationObject, body: string): string[] {
    if (!requestBody) return body === '' ? [] : ['a body was accepted, and is not documented'];
    if (body.trim() === '') return requestBody.required ? ['a call without its body was accepted'] : [];
    const media = requestBody.content['application/json'];
    const because = media ? validate(media.schema, JSON.parse(body)) : 'no type of content is documented';
    return because === '' ? [] : [`a body was accepted that does not fit: ${because}`];
  }
}

function inPath(template: string, path: string): [name: string, text: string][] {
  const parts = path.split('/');
  return template
    .split('/')
    .flatMap((part, index): [string, string][] =>
      part.startsWith('{') ? [[part.slice(1, -1), decodeURIComponent(parts[index] ?? '')]] : [],
    );
}

function readText({ schema }: ParameterObject, text: string): unknown {
  if (schema.type === 'integer') return Number(text);
  return schema.type === 'array' ? text.split(',').filter((word) => word !== '') : text;
}
