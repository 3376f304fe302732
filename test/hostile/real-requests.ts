import { actionBindings } from '../../adapters/action/bindings.ts';
import { examples as actionExamples } from '../../adapters/action/reference/examples.ts';
import { restRoutes } from '../../adapters/rest/answer.ts';
import { restBindings, type RestRoute } from '../../adapters/rest/bindings.ts';
import { examples as restExamples } from '../../adapters/rest/openapi/examples.ts';
import { operationNames, type OperationName } from '../../src/operations/index.ts';
import type { TestKey } from '../support/sign.ts';
import { parameter, type Draft, type Parameter } from './draft.ts';

/** What requests need that is true on one gateway alone. */
export interface Place {
  /** USER_ID, PASSWORD, a token and an access key of users of several roles. */
  readonly callers: readonly Caller[];
  /** A job, a user and an access key that requests may be about. */
  readonly jobId: string;
  readonly userId: string;
  readonly accessKeyId: string;
  /** A cursor of the list of jobs. */
  readonly cursor: string;
}

export interface Caller {
  readonly userId: string;
  readonly password: string;
  readonly token: string;
  readonly key: TestKey;
}

/**
 * Good requests of every operation of both protocols, made of the examples that the references show: a new operation
 * is among them by itself.
 */
export function realRequests(place: Place): Draft[] {
  return [
    ...operationNames.flatMap((operation) => actionRequests(operation, place)),
    ...restRoutes().flatMap(({ operation, route }) => restRequests(operation, route, place)),
  ];
}

const FILTERS = {
  'job_ids.1': 'j-68mbPHJU',
  job_type: 'neonsan',
  job_action: 'ScaleNeonSAN',
  status: 'working',
  created_after: '2018-09-18T08:59:50.000Z',
  created_before: '2030-01-01T00:00:00+08:00',
  sort_by: 'update_time',
  order: 'asc',
  offset: '0',
  limit: '5',
} as const;

/** Requests that the references show in another form, by the operation. */
const MORE: Partial<Record<OperationName, readonly Readonly<Record<string, string>>[]>> = {
  'describe-jobs': [FILTERS, { verbose: '1', limit: '2', owner: 'usr-hostile' }],
  'create-job': [
    {
      job_type: 't',
      job_action: 'a',
      'resources.node_ids.1': 'n-1',
      'resources.node_ids.2': 'n-2',
      'directive.a': '1',
    },
    { job_type: 't', job_action: 'a', directive: '{"action":"x","password":"p","deep":[{"n":1.5e3}]}' },
  ],
  'report-job': [{ job_id: 'j-QJMYu7nS', status: 'failed', version: '1', note: 'n' }],
};

function actionRequests(operation: OperationName, place: Place): Draft[] {
  const binding = actionBindings[operation];
  if (!binding) return [];
  const variables: Record<string, string> = {
    $JOB_ID: place.jobId,
    $ACCESS_KEY_ID: place.accessKeyId,
    $NEW_USER_ID: place.userId,
  };
  const shown = actionExamples[operation]?.parameters ?? {};
  const more = MORE[operation] ?? [];
  const after = operation === 'describe-jobs' ? [{ after: place.cursor }] : [];
  return [shown, ...more, ...after].flatMap((own) =>
    callersOf(operation, place).flatMap((caller) => {
      const parameters = [
        parameter('action', binding.action),
        ...Object.entries(own).map(([name, value]) => parameter(name, variables[value] ?? value)),
      ];
      const credentials = [
        parameter('USER_ID', caller.userId),
        parameter('PASSWORD', Buffer.from(caller.password).toString('base64')),
      ];
      const draft = { protocol: 'action', operation, path: '/iaas/' } as const;
      return [
        post('form', [...parameters, ...credentials]),
        post('json', [...parameters, ...credentials]),
        { ...draft, method: 'GET', place: 'query', parameters, headers: [], key: caller.key },
        { ...post('form', parameters), key: caller.key },
      ];

      function post(where: 'form' | 'json', all: Parameter[]): Draft {
        return { ...draft, method: 'POST', place: where, parameters: all, headers: [typeOf(where)] };
      }
    }),
  );
}

function restRequests(operation: OperationName, route: RestRoute, place: Place): Draft[] {
  const index = (restBindings[operation] as readonly RestRoute[]).indexOf(route);
  const { path: inPath = {}, body = {} } = restExamples[operation][index] ?? {};
  const ids: Readonly<Record<string, string>> = {
    jobId: place.jobId,
    jobIds: place.jobId,
    userId: place.userId,
    accessKeyId: place.accessKeyId,
    accessKeyIds: place.accessKeyId,
  };
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => ids[name] ?? inPath[name] ?? name);
  const inQuery = route.source === 'query';
  const pages = (route.own ?? []).includes('query_by') ? queriesOf(place) : [[]];
  const bodies = [Object.entries(body).map(([name, value]) => parameter(name, value))];
  return (inQuery ? pages : bodies).flatMap((parameters) =>
    callersOf(operation, place).map((caller): Draft => {
      const headers: Draft['headers'] = [['Authorization', caller.token]];
      if (!inQuery) headers.push(typeOf('json'));
      if (route.conditional) headers.push(['If-Match', '"1"']);
      if (route.repeatable) headers.push(['Idempotency-Key', `key-${caller.userId}`]);
      const place = inQuery ? 'query' : 'json';
      return { protocol: 'rest', operation, method: route.method, path, place, parameters, headers };
    }),
  );
}

function queriesOf({ cursor }: Place): Parameter[][] {
  const { 'job_ids.1': ids, offset: _offset, limit: _limit, ...filters } = FILTERS;
  const all = { job_ids: ids, ...filters, query_by: 'status,job_type', page: '1', per_page: '5' };
  return [{}, all, { after: cursor }].map((query) =>
    Object.entries(query).map(([name, value]) => parameter(name, value)),
  );
}

/** Who makes many jobs does not list them, and the other way round: a list is counted to its end. */
function callersOf(operation: OperationName, { callers }: Place): readonly Caller[] {
  if (operation === 'describe-jobs') return callers.slice(0, 1);
  return operation === 'create-job' ? callers.slice(1, 2) : callers;
}

function typeOf(where: 'form' | 'json'): [string, string] {
  return ['Content-Type', where === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'];
}
