import { REASONS, Refusal, type Reason, type RefusalFacts } from '../../../src/errors.ts';
import { operations, type OperationName } from '../../../src/operations/index.ts';
import { errorCatalogue } from '../../wire/error-catalogue.ts';
import type { Language, Text } from '../../wire/language.ts';
import type { RestRoute } from '../bindings.ts';
import type { ExampleObject, Schema } from './document.ts';
import { bodyOf, refusalAnswer } from './show-example.ts';

/**
 * A refusal of each reason with all that it may tell. The fields of a failure are described by these, and its
 * example is one of them.
 */
const SPECIMENS: Readonly<Record<Reason, RefusalFacts>> = {
  internal: {},
  unavailable: { detail: 'database' },
  invalid_parameter: {
    problems: [{ parameter: 'perPage', asSent: true, fault: { is: 'unknown', nearest: 'per_page' } }],
  },
  malformed_request: { detail: 'body-not-json' },
  unauthenticated: { detail: 'credentials-missing' },
  request_expired: {},
  permission_denied: {},
  job_not_found: { jobId: 'j-00000000' },
  resource_not_found: {},
  unsupported_query_by: {
    problems: [
      { parameter: 'query_by', asSent: true, fault: { is: 'not-one-of', allowed: ['jobType', 'status'] } },
    ],
  },
  invalid_page: { problems: [{ parameter: 'page', asSent: true, fault: { is: 'too-small', least: 1 } }] },
  invalid_per_page: {
    problems: [{ parameter: 'per_page', asSent: true, fault: { is: 'too-large', most: 100 } }],
  },
  invalid_sort: {
    problems: [{ parameter: 'sortBy', fault: { is: 'not-one-of', allowed: ['createTime', 'updateTime'] } }],
  },
  invalid_order: {
    problems: [{ parameter: 'order', fault: { is: 'not-one-of', allowed: ['asc', 'desc'] } }],
  },
  operation_not_allowed: { jobId: 'j-3K2CQ4h6', present: { status: 'successful' } },
  version_conflict: { jobId: 'j-3K2CQ4h6', present: { version: 6 } },
  idempotency_conflict: {},
  rate_limited: { retryAfter: 30 },
  user_exists: {},
  user_not_found: {},
  user_inactive: {},
  wrong_password: {},
  token_invalid: {},
  user_already_active: {},
  activation_failed: {},
  email_not_registered: {},
  reset_link_invalid: {},
  passwords_differ: {},
};

/** The fields of a failure. */
const FIELDS: Readonly<Record<string, { readonly schema: Schema; readonly description: Text }>> = {
  message: {
    schema: { type: 'string', minLength: 1 },
    description: { en: 'what went wrong, for people', zh: '错误说明，供人阅读' },
  },
  reason: {
    schema: { type: 'string' },
    description: { en: 'what went wrong, for programs', zh: '错误原因，供程序判断' },
  },
  parameters: {
    schema: { type: 'object', minProperties: 1, additionalProperties: { type: 'string' } },
    description: {
      en: 'every wrong parameter by its name, and what is wrong with it',
      zh: '每个有误的参数及其原因',
    },
  },
  jobId: {
    schema: { type: 'string' },
    description: { en: 'the job that is meant', zh: '所指的作业' },
  },
  status: {
    schema: { type: 'string' },
    description: { en: 'the job’s present status', zh: '作业的当前状态' },
  },
  version: {
    schema: { type: 'integer', minimum: 1 },
    description: { en: 'the job’s present version', zh: '作业的当前版本' },
  },
  requestId: {
    schema: { type: 'string' },
    description: { en: 'as in the header X-Request-Id', zh: '与响应头 X-Request-Id 相同' },
  },
};

/** What every failure tells. */
const ALWAYS: ReadonlySet<string> = new Set(['message', 'reason', 'requestId']);

/** `job_not_found` → `JobNotFound`: what a reason is called among the components. */
export function componentOf(reason: Reason): string {
  return reason.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function specimenOf(reason: Reason): Refusal {
  return new Refusal(reason, SPECIMENS[reason]);
}

/** The schema of one failure: the fields are those that the code which answers gives to its specimen. */
export function refusalSchema(reason: Reason, language: Language): Schema {
  const { code, message } = errorCatalogue[reason];
  const fields = Object.keys(bodyOf(refusalAnswer(specimenOf(reason), language)).data);
  const describeField = (name: string): [string, Schema] => {
    const field = FIELDS[name];
    if (!field) throw new Error(`adapters/rest/openapi/refusals.ts does not describe ${name}`);
    const schema = name === 'reason' ? { const: reason } : field.schema;
    return [name, { ...schema, description: field.description[language] }];
  };
  return {
    type: 'object',
    description: message[language],
    required: ['code', 'data'],
    properties: {
      code: { const: code },
      data: {
        type: 'object',
        required: fields.filter((name) => ALWAYS.has(name)),
        properties: Object.fromEntries(fields.map(describeField)),
        unevaluatedProperties: false,
      },
    },
    unevaluatedProperties: false,
  };
}

export function refusalExample(reason: Reason, language: Language): ExampleObject {
  return {
    summary: `${errorCatalogue[reason].code} ${reason}`,
    value: bodyOf(refusalAnswer(specimenOf(reason), language)),
  };
}

/** Why a call of a route may be refused, in the catalogue's order. */
export function reasonsOf(
  operation: OperationName,
  route: RestRoute,
  further: readonly Reason[],
): readonly Reason[] {
  const met = new Set<Reason>(['internal', 'unavailable', ...further]);
  if (operations[operation].permission !== 'anyone') met.add('unauthenticated');
  // What nginx asks is read from the headers alone.
  if (!route.headersOnly) met.add('invalid_parameter').add('malformed_request').add('rate_limited');
  if (route.conditional) met.add('version_conflict');
  if (route.repeatable === 'once') met.add('idempotency_conflict');
  return REASONS.filter((reason) => met.has(reason));
}
