import type { Problem, Reason } from '../../src/errors.ts';
import type { StoredAccessKey } from '../../src/accounts/access-key.ts';
import type { User } from '../../src/accounts/user.ts';
import type { JobView } from '../../src/jobs/job-view.ts';
import type { OperationName, OutputOf } from '../../src/operations/index.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { listPieces, type Pieces } from '../wire/pieces.ts';
import { REST_FACE } from './job-face.ts';
import { linkPages } from './links.ts';
import { pageOf, pagingParameters, readPaging } from './paging.ts';

/** How one operation is reached, and how its answer is written. */
export interface RestRoute<Name extends OperationName = OperationName> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Parameters of the path carry the names of the input's properties. */
  readonly path: string;
  /** Where the parameters stand that are not in the path. */
  readonly source: 'query' | 'body';
  /** Called so often that it is matched before all other routes. */
  readonly hot?: true;
  /** Parameters of this protocol alone, which `adjust` turns into the input's own. */
  readonly own?: readonly string[];
  adjust?(
    own: ReadonlyMap<string, string>,
    value: Record<string, unknown>,
    given: ReadonlySet<string>,
  ): readonly Problem[];
  /** The `data` of the envelope. */
  encode(output: OutputOf<Name>, own: ReadonlyMap<string, string>): Pieces;
  /** The entity tag of the answer, where it has one. */
  entityTag?(output: OutputOf<Name>): string;
  /** `If-Match` names the versions that the writer has seen. */
  readonly conditional?: true;
  /**
   * `Idempotency-Key` makes a retry safe: `once` refuses the key with another request; `freely` has nothing to compare,
   * and a second time does no harm.
   */
  readonly repeatable?: 'once' | 'freely';
  /** Where what was made is found. */
  location?(output: OutputOf<Name>): string;
  /** The `Link` header of a page. */
  links?(output: OutputOf<Name>, own: ReadonlyMap<string, string>, request: WireRequest): string | undefined;
  /** Refusals whose HTTP status is another one here than the catalogue's. */
  readonly statuses?: Partial<Readonly<Record<Reason, 401>>>;
  /** An answer without the envelope: 204 and these headers, and no failure but 401 and 503. */
  headersOnly?(output: OutputOf<Name>): Record<string, string>;
}

const one = (job: JobView): Pieces => [job.face(REST_FACE)];
const tagOf = (job: JobView): string => `"${job.version}"`;
const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
const plain = (output: object): Pieces => [JSON.stringify(output)];
const nothing = (): Pieces => ['{}'];

/** Every operation's routes; the compiler asks for a new operation's. More special paths stand first. */
export const restBindings: { readonly [Name in OperationName]: readonly RestRoute<Name>[] } = {
  'describe-jobs': [
    {
      method: 'GET',
      path: '/v1/jobs',
      source: 'query',
      hot: true,
      own: pagingParameters,
      adjust: readPaging,
      links({ total, next }, own, { path, query }) {
        return linkPages(path, query, { total, next, ...pageOf(own) });
      },
      encode({ jobs, total, next }, own) {
        const { page: number, perPage } = pageOf(own);
        const page = number === undefined ? '' : `,"page":${number}`;
        const more = next === undefined ? '' : `,"next":${JSON.stringify(next)}`;
        const list = listPieces(jobs, (job) => job.face(REST_FACE));
        return ['{"jobs":[', ...list, `],"total":${total}${page},"perPage":${perPage}${more}}`];
      },
    },
  ],
  'describe-latest-job': [
    { method: 'GET', path: '/v1/jobs/latest', source: 'query', hot: true, encode: one },
  ],
  'describe-job': [
    {
      method: 'GET',
      path: '/v1/jobs/:jobId',
      source: 'query',
      hot: true,
      encode: one,
      entityTag: tagOf,
    },
  ],
  'describe-job-timeline': [
    {
      method: 'GET',
      path: '/v1/jobs/:jobId/timeline',
      source: 'query',
      encode: ({ jobId, timeline }) => [
        JSON.stringify({
          jobId,
          timeline: timeline.map((event) => ({ ...event, time: isoTime(event.time) })),
        }),
      ],
    },
  ],
  'create-job': [
    {
      method: 'POST',
      path: '/v1/jobs',
      source: 'body',
      repeatable: 'once',
      hot: true,
      encode: one,
      entityTag: tagOf,
      location: (job) => `/v1/jobs/${job.jobId}`,
    },
  ],
  'replace-job': [
    {
      method: 'PUT',
      path: '/v1/jobs/:jobId',
      source: 'body',
      conditional: true,
      encode: one,
      entityTag: tagOf,
    },
  ],
  'report-job': [
    {
      method: 'PATCH',
      path: '/v1/jobs/:jobId',
      source: 'body',
      conditional: true,
      hot: true,
      encode: one,
      entityTag: tagOf,
    },
  ],
  'cancel-jobs': [
    {
      method: 'POST',
      path: '/v1/jobs/:jobIds/cancel',
      source: 'body',
      conditional: true,
      repeatable: 'once',
      encode: ({ jobs }) => listPieces(jobs, (job) => job.face(REST_FACE)),
      entityTag: ({ jobs: [job] }) => (job ? tagOf(job) : ''),
    },
  ],
  'hide-jobs': [
    { method: 'DELETE', path: '/v1/jobs/:jobIds', source: 'query', conditional: true, encode: () => ['{}'] },
  ],
  'log-in': [
    {
      method: 'POST',
      path: '/v1/auth',
      source: 'body',
      repeatable: 'freely',
      encode: plain,
      // Front ends show their log-in page on 401 alone.
      statuses: { wrong_password: 401, user_inactive: 401 },
    },
  ],
  'describe-session': [
    { method: 'GET', path: '/v1/auth', source: 'query', encode: plain },
    {
      method: 'GET',
      path: '/v1/auth/verify',
      source: 'query',
      encode: plain,
      headersOnly: ({ userId, role }) => ({ 'x-user-id': userId, 'x-user-role': role }),
    },
  ],
  'log-out': [{ method: 'DELETE', path: '/v1/auth', source: 'query', encode: plain }],
  'describe-password-key': [{ method: 'GET', path: '/v1/auth/key', source: 'query', encode: plain }],
  'describe-access-keys': [
    {
      method: 'GET',
      path: '/v1/keys',
      source: 'query',
      encode: ({ accessKeys }) =>
        plain({ accessKeys: accessKeys.map(accessKeyFields), total: accessKeys.length }),
    },
  ],
  'describe-access-key': [
    {
      method: 'GET',
      path: '/v1/keys/:accessKeyId',
      source: 'query',
      encode: (key) => plain(accessKeyFields(key)),
    },
  ],
  'create-access-key': [
    {
      method: 'POST',
      path: '/v1/keys',
      source: 'body',
      repeatable: 'once',
      encode: (key) => plain({ ...accessKeyFields(key), secretAccessKey: key.secret }),
      location: (key) => `/v1/keys/${key.accessKeyId}`,
    },
  ],
  'change-access-key': [
    {
      method: 'PATCH',
      path: '/v1/keys/:accessKeyId',
      source: 'body',
      encode: (key) => plain(accessKeyFields(key)),
    },
  ],
  'remove-access-keys': [
    { method: 'DELETE', path: '/v1/keys/:accessKeyIds', source: 'query', encode: () => ['{}'] },
  ],
  'describe-users': [
    {
      method: 'GET',
      path: '/v1/users',
      source: 'query',
      own: ['page', 'per_page'],
      adjust: readPaging,
      links({ total, next }, own, { path, query }) {
        return linkPages(path, query, { total, next, ...pageOf(own) });
      },
      encode({ users, total, next }, own) {
        const { page, perPage } = pageOf(own);
        // JSON leaves out what is undefined.
        return plain({ users: users.map(userFields), total, page, perPage, next });
      },
    },
  ],
  'describe-user': [{ method: 'GET', path: '/v1/users/:userId', source: 'query', encode: oneUser }],
  'create-user': [
    {
      method: 'POST',
      path: '/v1/users',
      source: 'body',
      repeatable: 'once',
      encode: oneUser,
      location: ({ userId }) => `/v1/users/${encodeURIComponent(userId)}`,
    },
  ],
  'change-user': [{ method: 'PATCH', path: '/v1/users/:userId', source: 'body', encode: oneUser }],
  'change-password': [{ method: 'PUT', path: '/v1/users/:userId/password', source: 'body', encode: nothing }],
  'revoke-tokens': [{ method: 'DELETE', path: '/v1/users/:userId/tokens', source: 'query', encode: nothing }],
  'activate-user': [
    { method: 'POST', path: '/v1/users/activate', source: 'body', repeatable: 'once', encode: plain },
  ],
  'request-reset': [
    { method: 'POST', path: '/v1/users/request_reset', source: 'body', repeatable: 'freely', encode: plain },
  ],
  'reset-password': [
    { method: 'POST', path: '/v1/users/reset_password', source: 'body', repeatable: 'once', encode: plain },
  ],
};

function oneUser(user: User): Pieces {
  return plain(userFields(user));
}

function userFields(user: User): object {
  const { createTime, lastLoginTime } = user;
  return {
    userId: user.userId,
    role: user.role,
    status: user.status,
    ...(user.email !== undefined && { email: user.email }),
    createTime: isoTime(createTime),
    ...(lastLoginTime !== undefined && { lastLoginTime: isoTime(lastLoginTime) }),
  };
}

function accessKeyFields(key: StoredAccessKey): object {
  return {
    accessKeyId: key.accessKeyId,
    accessKeyName: key.accessKeyName,
    owner: key.owner,
    status: key.status,
    createTime: isoTime(key.createTime),
    ...(key.lastUsedTime !== undefined && { lastUsedTime: isoTime(key.lastUsedTime) }),
  };
}
