import { FINAL_STATUSES } from '../../../schemas/job.ts';
import type { Reason } from '../../../src/errors.ts';
import type { WriteInput, WriteOperation } from '../writes-step.ts';

/** What a reader must see of a job after a step, where it differs from before. */
export interface Changed {
  readonly owner?: string;
  readonly jobType?: string;
  readonly jobAction?: string;
  readonly status?: string;
  readonly preStatus?: string;
  readonly version?: number;
  readonly resources?: unknown;
  readonly directive?: unknown;
}

/** One write, and what it changed for every reader. */
export interface Step {
  readonly write: WriteOperation;
  /** Who writes; the admin unless told. */
  readonly by?: string;
  /** The names of jobs that earlier steps created, a new name for a creation, or ids as they stand. */
  readonly of: string | readonly string[];
  /** A type and an action of the test's own are added where they are needed and not told. */
  readonly input?: WriteInput;
  readonly refused?: Reason;
  /** Words that the refusal must say. */
  readonly naming?: readonly string[];
  /** By name; all else stays as it was. */
  readonly shows?: Readonly<Record<string, Changed | 'hidden'>>;
}

export interface WriteCase {
  readonly title: string;
  readonly steps: readonly Step[];
}

const ALICE = 'usr-alice';
const BOB = 'usr-bob';
const OPERATOR = 'usr-operator';

const create = (of = 'a', more: Partial<Step> = {}): Step => ({ write: 'create-job', of, ...more });
const report = (
  status: string,
  shows: Changed | undefined,
  more: Omit<Partial<Step>, 'of'> & { of?: string } = {},
): Step => {
  const of = more.of ?? 'a';
  return {
    write: 'report-job',
    ...more,
    of,
    input: { status, ...more.input },
    ...(shows && { shows: { [of]: shows } }),
  };
};
const refusedReport = (status: string, refused: Reason, more: Parameters<typeof report>[2] = {}): Step =>
  report(status, undefined, { refused, ...more });
/** A job that went from pending straight to a final status. */
const finished = (status: string, of = 'a', more: Partial<Step> = {}): Step[] => [
  create(of, more),
  report(status, { status, preStatus: 'pending', version: 2 }, { of }),
];

/** How a job moves. */
export const moves: readonly WriteCase[] = [
  {
    title: 'begins pending, with nothing before it',
    steps: [create('a', { shows: { a: { status: 'pending', preStatus: '', version: 1 } } })],
  },
  {
    title: 'goes through words of the worker’s own to an end, each remembering the one before',
    steps: [
      create(),
      report('working', { status: 'working', preStatus: 'pending', version: 2 }, { by: OPERATOR }),
      report('step1', { status: 'step1', preStatus: 'working', version: 3 }, { by: OPERATOR }),
      report('step4', { status: 'step4', preStatus: 'step1', version: 4 }),
      report('working', { status: 'working', preStatus: 'step4', version: 5 }),
      report('half-way_to 50', { status: 'half-way_to 50', preStatus: 'working', version: 6 }),
      report(
        'done with failure',
        { status: 'done with failure', preStatus: 'half-way_to 50', version: 7 },
        { by: OPERATOR },
      ),
    ],
  },
  ...FINAL_STATUSES.map((final): WriteCase => ({
    title: `stays ${final} for ever`,
    steps: [
      ...finished(final),
      ...['working', 'pending', ...FINAL_STATUSES.filter((other) => other !== final)].map((status) =>
        refusedReport(status, 'operation_not_allowed', { naming: [final] }),
      ),
      report(final, undefined),
      report(final, undefined, { input: { note: 'again' }, by: OPERATOR }),
      {
        write: 'replace-job',
        of: 'a',
        input: { resources: '{}' },
        refused: 'operation_not_allowed',
        naming: [final],
      },
      final === 'canceled'
        ? { write: 'cancel-jobs', of: 'a' }
        : { write: 'cancel-jobs', of: 'a', refused: 'operation_not_allowed', naming: [final] },
    ],
  })),
  {
    title: 'changes nothing by a report of the present status',
    steps: [
      create(),
      report('pending', undefined),
      report('working', { status: 'working', preStatus: 'pending', version: 2 }),
      report('working', undefined, { input: { note: 'still at it' } }),
      report('working', undefined, { by: OPERATOR }),
      report('step1', { status: 'step1', preStatus: 'working', version: 3 }),
    ],
  },
  {
    title: 'never comes back to pending',
    steps: [
      create(),
      report('working', { status: 'working', preStatus: 'pending', version: 2 }),
      refusedReport('pending', 'operation_not_allowed', { naming: ['working'] }),
      refusedReport('pending', 'operation_not_allowed', { by: OPERATOR }),
    ],
  },
  {
    title: 'takes no word for a status that is none',
    steps: [
      create(),
      ...['Working', '1st', 'arbeitet ü', ' working', 'working\n', 'x'.repeat(33), '-'].map((status) =>
        refusedReport(status, 'invalid_parameter', { naming: ['status'] }),
      ),
      refusedReport('working', 'invalid_parameter', { input: { note: 'x'.repeat(1025) }, naming: ['note'] }),
      report('x'.repeat(32), { status: 'x'.repeat(32), preStatus: 'pending', version: 2 }),
    ],
  },
  {
    title: 'tells who reported what, and the remark',
    steps: [
      create('a', { by: ALICE }),
      report(
        'working',
        { status: 'working', preStatus: 'pending', version: 2 },
        { by: OPERATOR, input: { note: '开始 🙂 "quoted" \\ & =' } },
      ),
      {
        write: 'cancel-jobs',
        by: ALICE,
        of: 'a',
        input: { note: 'x'.repeat(1024) },
        shows: { a: { status: 'canceled', preStatus: 'working', version: 3 } },
      },
    ],
  },
];

/** What a job is about. */
export const contents: readonly WriteCase[] = [
  {
    title: 'keeps what it was created with',
    steps: [
      create('a', {
        input: {
          jobType: '作业 🙂',
          jobAction: 'Scale"NeonSAN\\ ',
          resources: '{"node_ids":["n-1"],"n":{"nodeIds":[1,2.5,null,true]}}',
          directive: '{"action":"ScaleNeonSAN","zone":"pek3"}',
        },
      }),
    ],
  },
  {
    title: 'is cleared of what a replacement leaves out',
    steps: [
      create('a', { input: { resources: '{"a":1}', directive: '{"b":2}' } }),
      {
        write: 'replace-job',
        of: 'a',
        input: { jobAction: 'Another', directive: '{"c":3}' },
        shows: { a: { jobAction: 'Another', resources: {}, directive: { c: 3 }, version: 2 } },
      },
      {
        write: 'replace-job',
        of: 'a',
        input: { resources: '{"d":4}' },
        shows: { a: { jobAction: 'Test', resources: { d: 4 }, directive: undefined, version: 3 } },
      },
      { write: 'replace-job', of: 'a', shows: { a: { resources: {}, version: 4 } } },
    ],
  },
  {
    title: 'keeps its status and the one before while it is replaced',
    steps: [
      create('a', { by: ALICE }),
      report('working', { status: 'working', preStatus: 'pending', version: 2 }),
      {
        write: 'replace-job',
        by: ALICE,
        of: 'a',
        input: { resources: '{"by":"owner"}' },
        shows: { a: { resources: { by: 'owner' }, version: 3 } },
      },
      {
        write: 'replace-job',
        by: OPERATOR,
        of: 'a',
        input: { resources: '{"by":"operator"}' },
        shows: { a: { resources: { by: 'operator' }, version: 4 } },
      },
      report('step1', { status: 'step1', preStatus: 'working', version: 5 }),
    ],
  },
  {
    title: 'moves to another type by a replacement',
    steps: [
      create(),
      {
        write: 'replace-job',
        of: 'a',
        input: { jobType: 'moved' },
        shows: { a: { jobType: 'moved', version: 2 } },
      },
    ],
  },
  {
    title: 'loses its secrets before they are stored',
    steps: [
      create('a', {
        input: {
          resources: '{"login":{"user":"root","passwd":"p4ss"}}',
          directive:
            '{"PASSWORD":"cDRzcw==","access_key_id":"AK","signature_method":"HmacSHA256","token":""}',
        },
        shows: {
          a: {
            resources: { login: { user: 'root', passwd: '******' } },
            directive: {
              PASSWORD: '******',
              access_key_id: 'AK',
              signature_method: 'HmacSHA256',
              token: '',
            },
          },
        },
      }),
      {
        write: 'replace-job',
        of: 'a',
        input: { resources: '{"list":[{"dbSecretKey":[1,2]},{"user-token":{"a":"b"}}]}' },
        shows: {
          a: {
            resources: { list: [{ dbSecretKey: '******' }, { 'user-token': '******' }] },
            directive: undefined,
            version: 2,
          },
        },
      },
    ],
  },
  {
    title: 'needs a type and an action of a fair length',
    steps: [
      create('none', {
        input: { jobType: 'x'.repeat(65) },
        refused: 'invalid_parameter',
        naming: ['64'],
      }),
      create('none', {
        input: { jobAction: 'x'.repeat(65) },
        refused: 'invalid_parameter',
        naming: ['64'],
      }),
      create('a', { input: { jobAction: '🙂'.repeat(64) } }),
    ],
  },
];

/** Cancel and hide. */
export const ends: readonly WriteCase[] = [
  {
    title: 'is canceled from pending and from work, once',
    steps: [
      create('a', { by: ALICE }),
      create('b', { by: ALICE }),
      report('working', { status: 'working', preStatus: 'pending', version: 2 }, { of: 'b' }),
      {
        write: 'cancel-jobs',
        by: ALICE,
        of: 'a',
        shows: { a: { status: 'canceled', preStatus: 'pending', version: 2 } },
      },
      {
        write: 'cancel-jobs',
        by: OPERATOR,
        of: 'b',
        input: { note: 'no more room' },
        shows: { b: { status: 'canceled', preStatus: 'working', version: 3 } },
      },
      { write: 'cancel-jobs', by: ALICE, of: 'a' },
      { write: 'cancel-jobs', of: 'b', input: { note: 'twice' } },
    ],
  },
  {
    title: 'is hidden by its owner once it is finished, from every reader',
    steps: [
      create('a', { by: ALICE }),
      create('b', { by: ALICE }),
      { write: 'hide-jobs', by: ALICE, of: 'a', refused: 'operation_not_allowed', naming: ['pending'] },
      report('working', { status: 'working', preStatus: 'pending', version: 2 }, { of: 'b' }),
      { write: 'hide-jobs', by: ALICE, of: 'b', refused: 'operation_not_allowed', naming: ['working'] },
      report('failed', { status: 'failed', preStatus: 'working', version: 3 }, { of: 'b' }),
      { write: 'hide-jobs', by: ALICE, of: 'b', shows: { b: 'hidden' } },
    ],
  },
  {
    title: 'is hidden by the admin, and is no one’s to write to any more',
    steps: [
      ...finished('successful', 'a', { by: ALICE }),
      { write: 'hide-jobs', of: 'a', shows: { a: 'hidden' } },
      { write: 'hide-jobs', of: 'a', refused: 'job_not_found' },
      { write: 'hide-jobs', by: ALICE, of: 'a', refused: 'job_not_found' },
      { write: 'cancel-jobs', of: 'a', refused: 'job_not_found' },
      { write: 'replace-job', of: 'a', refused: 'job_not_found' },
      refusedReport('successful', 'job_not_found'),
    ],
  },
  {
    title: 'is not hidden by an operator, unless it is the operator’s own',
    steps: [
      ...finished('canceled', 'a', { by: ALICE }),
      create('open', { by: ALICE }),
      { write: 'hide-jobs', by: OPERATOR, of: 'a', refused: 'permission_denied' },
      { write: 'hide-jobs', by: OPERATOR, of: 'open', refused: 'permission_denied' },
      ...finished('canceled', 'own', { by: OPERATOR }),
      { write: 'hide-jobs', by: OPERATOR, of: 'own', shows: { own: 'hidden' } },
    ],
  },
];

/** Who may do what. */
export const permissions: readonly WriteCase[] = [
  {
    title: 'belongs to whoever creates it',
    steps: [
      create('a', { by: ALICE, shows: { a: { owner: ALICE } } }),
      create('b', { by: ALICE, input: { owner: ALICE }, shows: { b: { owner: ALICE } } }),
      create('c', { by: OPERATOR, shows: { c: { owner: OPERATOR } } }),
    ],
  },
  {
    title: 'is created for another by operators and admins alone',
    steps: [
      create('none', { by: ALICE, input: { owner: BOB }, refused: 'permission_denied' }),
      create('none', { by: ALICE, input: { owner: 'usr-Alice' }, refused: 'permission_denied' }),
      create('none', { by: ALICE, input: { owner: 'usr-unheard-of' }, refused: 'permission_denied' }),
      create('none', { input: { owner: 'no user' }, refused: 'invalid_parameter', naming: ['owner'] }),
      create('a', { by: OPERATOR, input: { owner: BOB }, shows: { a: { owner: BOB } } }),
      create('b', { input: { owner: ALICE }, shows: { b: { owner: ALICE } } }),
    ],
  },
  {
    title: 'takes no report of a plain user, its owner’s neither',
    steps: [
      create('a', { by: ALICE }),
      refusedReport('working', 'permission_denied', { by: ALICE }),
      refusedReport('working', 'permission_denied', { by: BOB }),
      refusedReport('pending', 'permission_denied', { by: ALICE }),
    ],
  },
  {
    title: 'looks missing to another user who writes to it',
    steps: [
      create('a', { by: ALICE }),
      ...finished('failed', 'b', { by: ALICE }),
      ...['a', 'b'].flatMap((of): Step[] => [
        { write: 'replace-job', by: BOB, of, refused: 'job_not_found' },
        { write: 'cancel-jobs', by: BOB, of, refused: 'job_not_found' },
        { write: 'hide-jobs', by: BOB, of, refused: 'job_not_found' },
        { write: 'hide-jobs', by: BOB, of, input: { ifVersion: [99] }, refused: 'job_not_found' },
      ]),
    ],
  },
  ...(
    [
      ['unknown', 'j-00000000'],
      ['spelled in another case', 'j-68mbphju'],
      ['too short', 'j-68mbPHJ'],
      ['followed by a space', 'j-68mbPHJU '],
      ['not an id at all', '作业 🙂'],
    ] as const
  ).map(([what, of]): WriteCase => ({
    title: `is not found by an id that is ${what}`,
    steps: [
      { write: 'replace-job', of, refused: 'job_not_found' },
      refusedReport('working', 'job_not_found', { of }),
      { write: 'cancel-jobs', of, refused: 'job_not_found' },
      { write: 'hide-jobs', of, refused: 'job_not_found' },
    ],
  })),
];

/** Writers that say which version they saw. */
export const preconditions: readonly WriteCase[] = [
  {
    title: 'takes a write of whoever saw the present version, and tells it to others',
    steps: [
      create('a', { by: ALICE }),
      report(
        'working',
        { status: 'working', preStatus: 'pending', version: 2 },
        { input: { ifVersion: [1] } },
      ),
      refusedReport('step1', 'version_conflict', { input: { ifVersion: [1] }, naming: ['version is 2'] }),
      {
        write: 'replace-job',
        by: ALICE,
        of: 'a',
        input: { ifVersion: [3] },
        refused: 'version_conflict',
        naming: ['version is 2'],
      },
      {
        write: 'replace-job',
        by: ALICE,
        of: 'a',
        input: { resources: '{"a":1}', ifVersion: [2] },
        shows: { a: { resources: { a: 1 }, version: 3 } },
      },
      { write: 'cancel-jobs', of: 'a', input: { ifVersion: [2] }, refused: 'version_conflict' },
      {
        write: 'cancel-jobs',
        of: 'a',
        input: { ifVersion: [1, 2, 3] },
        shows: { a: { status: 'canceled', preStatus: 'working', version: 4 } },
      },
      { write: 'hide-jobs', of: 'a', input: { ifVersion: [3, 5] }, refused: 'version_conflict' },
      { write: 'hide-jobs', of: 'a', input: { ifVersion: [4] }, shows: { a: 'hidden' } },
    ],
  },
  {
    title: 'refuses a stale writer also where nothing would change',
    steps: [
      create(),
      report('working', { status: 'working', preStatus: 'pending', version: 2 }),
      refusedReport('working', 'version_conflict', { input: { ifVersion: [1] } }),
      report('working', undefined, { input: { ifVersion: [2] } }),
    ],
  },
];

/** Several jobs in one call, which only the action API writes. */
export const several: readonly WriteCase[] = [
  {
    title: 'are canceled together, those canceled already among them',
    steps: [
      create('a', { by: ALICE }),
      create('b', { by: ALICE }),
      create('c', { by: ALICE }),
      {
        write: 'cancel-jobs',
        by: ALICE,
        of: 'b',
        shows: { b: { status: 'canceled', preStatus: 'pending', version: 2 } },
      },
      {
        write: 'cancel-jobs',
        by: ALICE,
        of: ['c', 'b', 'a'],
        input: { note: 'all' },
        shows: {
          a: { status: 'canceled', preStatus: 'pending', version: 2 },
          c: { status: 'canceled', preStatus: 'pending', version: 2 },
        },
      },
    ],
  },
  {
    title: 'are all left as they were where one cannot be canceled',
    steps: [
      create('a', { by: ALICE }),
      ...finished('failed', 'b', { by: ALICE }),
      create('c', { by: BOB }),
      {
        write: 'cancel-jobs',
        by: ALICE,
        of: ['a', 'b'],
        refused: 'operation_not_allowed',
        naming: ['failed'],
      },
      { write: 'cancel-jobs', by: ALICE, of: ['b', 'a'], refused: 'operation_not_allowed' },
      { write: 'cancel-jobs', by: ALICE, of: ['a', 'c'], refused: 'job_not_found' },
      { write: 'cancel-jobs', of: ['a', 'j-00000000'], refused: 'job_not_found', naming: ['j-00000000'] },
      { write: 'cancel-jobs', of: ['nonsense', 'a'], refused: 'job_not_found', naming: ['nonsense'] },
      { write: 'cancel-jobs', of: ['a', 'c'], input: { ifVersion: [7] }, refused: 'version_conflict' },
    ],
  },
  {
    title: 'are hidden together, or all stay',
    steps: [
      ...finished('failed', 'a', { by: ALICE }),
      ...finished('canceled', 'b', { by: ALICE }),
      create('c', { by: ALICE }),
      ...finished('failed', 'd', { by: BOB }),
      { write: 'hide-jobs', by: ALICE, of: ['a', 'b', 'c'], refused: 'operation_not_allowed' },
      { write: 'hide-jobs', by: ALICE, of: ['a', 'd'], refused: 'job_not_found' },
      { write: 'hide-jobs', by: OPERATOR, of: ['a', 'd'], refused: 'permission_denied' },
      { write: 'hide-jobs', of: ['a', 'b'], input: { ifVersion: [1] }, refused: 'version_conflict' },
      { write: 'hide-jobs', by: ALICE, of: ['b', 'a'], shows: { a: 'hidden', b: 'hidden' } },
      { write: 'hide-jobs', of: ['d'], shows: { d: 'hidden' } },
    ],
  },
  {
    title: 'are judged by all the versions that the writer saw',
    steps: [
      create('a'),
      create('b'),
      report('working', { status: 'working', preStatus: 'pending', version: 2 }, { of: 'b' }),
      { write: 'cancel-jobs', of: ['a', 'b'], input: { ifVersion: [1] }, refused: 'version_conflict' },
      {
        write: 'cancel-jobs',
        of: ['a', 'b'],
        input: { ifVersion: [1, 2] },
        shows: {
          a: { status: 'canceled', preStatus: 'pending', version: 2 },
          b: { status: 'canceled', preStatus: 'working', version: 3 },
        },
      },
    ],
  },
  {
    title: 'name the one that stands in the way',
    steps: [
      create('a'),
      ...finished('failed', 'b'),
      { write: 'cancel-jobs', of: ['a', 'b'], refused: 'operation_not_allowed', naming: ['b'] },
      {
        write: 'cancel-jobs',
        of: ['a', 'b'],
        input: { ifVersion: [1] },
        refused: 'version_conflict',
        naming: ['b'],
      },
    ],
  },
];

export const WRITERS = { [ALICE]: 'user', [BOB]: 'user', [OPERATOR]: 'operator' } as const;
