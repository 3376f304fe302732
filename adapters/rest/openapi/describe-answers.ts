import { operations, type OperationName } from '../../../src/operations/index.ts';
import type { Reason } from '../../../src/errors.ts';
import type { WireAnswer } from '../../wire/exchange.ts';
import type { Language, Text } from '../../wire/language.ts';
import type { RestRoute } from '../bindings.ts';
import { describeSchema } from './describe-schema.ts';
import type { ExampleObject, HeaderObject, Reference, ResponseObject, Schema } from './document.ts';
import type { Example } from './examples.ts';
import { answerHeaders, everyAnswer } from './headers.ts';
import { words } from './prose.ts';
import { componentOf, reasonsOf, specimenOf } from './refusals.ts';
import { bodyOf, outputAnswer, refusalAnswer, unreadableAnswer } from './show-example.ts';

/** One way in which a call may be answered: an answer by the code that answers calls, and what its body is. */
interface Outcome {
  readonly answer: Pick<WireAnswer, 'status' | 'headers'>;
  readonly body?: {
    /** What it is called among the examples. */
    readonly name: string;
    readonly schema: Schema;
    readonly example: ExampleObject | Reference;
  };
}

const MEANINGS: Readonly<Record<number, Text>> = {
  200: words.done,
  204: words.verified,
  304: words.unchanged,
  400: words.unreadable,
  401: words.unauthenticated,
  500: words.internal,
  503: words.unavailable,
};

/** Every status that a route may be answered with: the headers, the bodies, and an example of each. */
export function describeAnswers(
  operation: OperationName,
  route: RestRoute,
  example: Example,
  language: Language,
): Record<string, ResponseObject> {
  const bound = { operation, route };
  const reasons = reasonsOf(operation, route, example.refusals);
  return joinOutcomes(
    [
      ...successes(operation, route, example, language),
      ...reasons.map((reason) => refused(reason, refusalAnswer(specimenOf(reason), language, bound))),
      refused('malformed_request', unreadableAnswer(language)),
    ],
    language,
  );
}

function successes(
  operation: OperationName,
  route: RestRoute,
  { output, data = operations[operation].output }: Example,
  language: Language,
): Outcome[] {
  const answer = outputAnswer(operation, route, output);
  if (answer.body === undefined) return [{ answer }];
  const conditional = outputAnswer(operation, route, output, '*');
  const schema = {
    type: 'object',
    required: ['code', 'data'],
    properties: { code: { const: 0 }, data: describeSchema(data, operation, language) },
    unevaluatedProperties: false,
  };
  const example = { summary: words.success[language], value: bodyOf(answer) };
  return [
    { answer, body: { name: 'success', schema, example } },
    ...(conditional.status === 304 ? [{ answer: conditional }] : []),
  ];
}

/** A refusal, and how its schema and its example are called. */
export function refused(reason: Reason, answer: WireAnswer): Outcome {
  return {
    answer,
    body: {
      name: reason,
      schema: { $ref: `#/components/schemas/${componentOf(reason)}` },
      example: { $ref: `#/components/examples/${componentOf(reason)}` },
    },
  };
}

/** Puts together what is answered with the same status. A header that all of them have is required. */
export function joinOutcomes(
  outcomes: readonly Outcome[],
  language: Language,
): Record<string, ResponseObject> {
  const statuses = [...new Set(outcomes.map(({ answer }) => answer.status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const same = outcomes.filter(({ answer }) => answer.status === status);
      const bodies = same.flatMap(({ body }) => body ?? []);
      const [only, ...more] = bodies;
      const response: ResponseObject = {
        description: (MEANINGS[status] ?? words.done)[language],
        headers: joinHeaders(
          same.map(({ answer }) => answer.headers),
          language,
        ),
        ...(only && {
          content: {
            'application/json': {
              schema: more.length === 0 ? only.schema : { oneOf: bodies.map(({ schema }) => schema) },
              examples: Object.fromEntries(bodies.map(({ name, example }) => [name, example])),
            },
          },
        }),
      };
      return [String(status), response];
    }),
  );
}

/** The headers of some answers together; those of any answer where there is none. */
export function joinHeaders(
  answers: readonly WireAnswer['headers'][],
  language: Language,
): Record<string, HeaderObject> {
  const names = new Set([...Object.keys(everyAnswer), ...answers.flatMap((headers) => Object.keys(headers))]);
  // The specification has it that a type of content is no header.
  names.delete('content-type');
  return Object.assign(
    {},
    ...[...names].map((name) => {
      const values = answers.flatMap((headers) => headers[name] ?? []);
      const required = everyAnswer[name] ?? values.length === answers.length;
      return describeHeader(name, required, values, language);
    }),
  ) as Record<string, HeaderObject>;
}

/**
 * One header of an answer under its name.
 * @param values those that it may have, where there are no others
 * @throws Error where nobody has described it
 */
export function describeHeader(
  lowerCase: string,
  required: boolean,
  values: readonly string[],
  language: Language,
): Record<string, HeaderObject> {
  const header = answerHeaders[lowerCase];
  if (!header) throw new Error(`adapters/rest/openapi/headers.ts does not describe ${lowerCase}`);
  const { name, description, schema, closed, example } = header;
  const known = [...new Set(values)].map((value) => (schema.type === 'integer' ? Number(value) : value));
  const shown = example ?? known[0];
  return {
    [name]: {
      description: description[language],
      required,
      schema: closed ? { ...schema, enum: known } : schema,
      // That of the language would be another one in each language of the document.
      ...(shown !== undefined && name !== 'Content-Language' && { example: shown }),
    },
  };
}
