import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLine } from '../../adapters/lines/read-line.ts';
import { splitLines, type Line } from '../../adapters/lines/split-lines.ts';
import { wordLine } from '../../adapters/lines/word-line.ts';
import { writeLine } from '../../adapters/lines/write-line.ts';
import { Refusal } from '../../src/errors.ts';
import { finishedRecord } from '../support/some-record.ts';

const TIMES = '"create_time":"2024-01-01T00:00:00.000Z","update_time":"2024-01-01T00:00:00.010Z"';

/** A good line; members are replaced, or left out where they are undefined. */
function lineWith(differs: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ ...goodLine(), ...differs });
}

function goodLine(): Record<string, unknown> {
  return {
    job_id: 'j-abcd1234',
    job_type: 'neonsan',
    job_action: 'ScaleNeonSAN',
    owner: 'usr-1',
    status: 'working',
    pre_status: 'pending',
    resources: {},
    create_time: '2024-01-01T00:00:00.000Z',
    update_time: '2024-01-01T00:00:00.010Z',
    version: 2,
    timeline: [
      event(1, 'pending', '', '2024-01-01T00:00:00.000Z'),
      event(2, 'working', 'pending', '2024-01-01T00:00:00.010Z'),
    ],
  };
}

function event(version: number, status: string, preStatus: string, time: string, more: object = {}): object {
  return { version, status, pre_status: preStatus, time, user_id: 'usr-1', note: '', ...more };
}

/** What is said of a line that is refused. */
function saidOf(text: string | Buffer): string {
  try {
    readLine(Buffer.from(text as string));
  } catch (thrown) {
    if (thrown instanceof Refusal) return wordLine(thrown);
    throw thrown;
  }
  throw new Error('it was not refused');
}

/** A line whose free data are this text. */
const withResources = (text: string): string => lineWith().replace('"resources":{}', `"resources":${text}`);

describe('a line of a job', () => {
  it('is read and written as it was, free data and all', () => {
    const free = '{"b":1,"10":[1.50,-0,1e2, {"2":"\u2028 é 🙂 \\u00e9"}],"2":{},"n":100000000000000000000}';
    const line =
      '{"job_id":"j-abcd1234","job_type":"类型","job_action":"🙂","owner":"usr-1","status":"failed",' +
      `"pre_status":"pending","resources":${free},"directive":{ "a" : 1 },${TIMES},"version":2,` +
      '"hidden_time":"2024-01-02T00:00:00.000Z","timeline":[' +
      '{"version":2,"status":"failed","pre_status":"pending","time":"2024-01-01T00:00:00.010Z",' +
      '"user_id":"usr-2","note":"说明\\n"}]}';
    const record = readLine(Buffer.from(line));
    assert.equal(record.job.resources, free);
    assert.equal(writeLine(record), line);
  });

  it('may lack a directive, a hidden time, and any change in the timeline', () => {
    const record = readLine(Buffer.from(lineWith({ timeline: [] })));
    assert.deepEqual([record.job.directive, record.hiddenTime, record.timeline], [undefined, undefined, []]);
    assert.doesNotMatch(writeLine(record), /directive|hidden/);
  });

  it('may begin late in the timeline, and leave out changes', () => {
    const timeline = [
      event(3, 'step1', 'working', '2024-01-01T00:00:00.001Z'),
      event(7, 'step4', 'step3', '2024-01-01T00:00:00.010Z'),
    ];
    const line = lineWith({ version: 7, status: 'step4', pre_status: 'step3', timeline });
    assert.equal(readLine(Buffer.from(line)).timeline.length, 2);
  });

  it('takes times of any zone for the same instant', () => {
    const { job } = readLine(
      Buffer.from(lineWith({ create_time: '2024-01-01T08:00:00.000+08:00', timeline: [] })),
    );
    assert.equal(job.createTime, Date.UTC(2024, 0, 1));
  });

  it('stands on one line where its free data did not', () => {
    const record = finishedRecord({ resources: '{\r\n  "a": "x\\ny"\n}' });
    const line = writeLine(record);
    assert.match(line, /"resources":\{ {4}"a": "x\\ny" \}/);
    assert.equal(writeLine(readLine(Buffer.from(line))), line);
  });

  it('is read without its secrets', () => {
    const line = withResources(
      '{"deep":[{"dbPassword":"hush","password":12345678901234567890,"signature":""}]}',
    );
    const { job } = readLine(Buffer.from(line));
    assert.equal(job.resources, '{"deep":[{"dbPassword":"******","password":"******","signature":""}]}');
  });

  it('nests its free data as deeply as a request may, and no deeper', () => {
    const nested = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;
    assert.ok(readLine(Buffer.from(withResources(nested(100)))));
    assert.equal(saidOf(withResources(nested(101))), 'it is nested too deeply');
  });

  for (const [what, line, said] of [
    ['no JSON', '{"job_id":', 'it is not JSON'],
    ['no object', '[]', 'it is not a JSON object'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'it is not UTF-8'],
    ['an id of another form', lineWith({ job_id: 'j-short' }), 'job_id must be well-formed'],
    ['an owner that is none', lineWith({ owner: 'two words' }), 'owner must be well-formed'],
    ['no timeline', lineWith({ timeline: undefined }), 'timeline is missing'],
    [
      'a name in another spelling',
      lineWith({ jobType: 'x' }),
      'jobType is not a parameter here; did you mean job_type?',
    ],
    [
      'a member that stands twice',
      lineWith().replace('{', '{"version":2,'),
      'version was sent more than once',
    ],
    ['a version that is none', lineWith({ version: 0, timeline: [] }), 'version must be at least 1'],
    [
      'a version too high to rise',
      lineWith({ version: 4e9, timeline: [] }),
      'version must be at most 2147483647',
    ],
    ['free data that are text', withResources('"{}"'), 'resources must be a JSON object'],
    ['a key that stands twice', withResources('{"a":{"b":1,"b":1}}'), 'resources has the key a.b twice'],
    [
      'a number that a double cannot hold',
      withResources('{"a":12345678901234567890}'),
      'resources has the number 12345678901234567890, which a double cannot hold',
    ],
    [
      'a time that is none',
      lineWith({ create_time: '2024-02-30T00:00:00Z', timeline: [] }),
      'create_time must be a time such as 2018-09-18T09:04:02Z (RFC 3339)',
    ],
    [
      'a time that no store holds',
      lineWith({ update_time: '9999-12-31T23:59:59-01:00', timeline: [] }),
      'update_time must be a time such as 2018-09-18T09:04:02Z (RFC 3339)',
    ],
    [
      'a status that is no word',
      lineWith({ status: 'Working', timeline: [] }),
      'status must be a lower-case word such as working, step1 or done with failure',
    ],
    [
      'an update before its creation',
      lineWith({ update_time: '2023-01-01T00:00:00Z', timeline: [] }),
      'update_time does not fit create_time',
    ],
    [
      'a first status after another',
      lineWith({ status: 'pending', timeline: [] }),
      'pre_status does not fit status',
    ],
    [
      'a status before itself',
      lineWith({ pre_status: 'working', timeline: [] }),
      'pre_status does not fit status',
    ],
    [
      'a status after a final one',
      lineWith({ pre_status: 'failed', timeline: [] }),
      'pre_status does not fit status',
    ],
    [
      'a job that is hidden and still going',
      lineWith({ hidden_time: '2024-01-02T00:00:00Z' }),
      'hidden_time does not fit status',
    ],
    [
      'a job that was hidden before it ended',
      lineWith({ status: 'failed', hidden_time: '2024-01-01T00:00:00Z', timeline: [] }),
      'hidden_time does not fit update_time',
    ],
    [
      'a timeline that ends elsewhere',
      lineWith({ version: 3, status: 'step1' }),
      'version does not fit timeline.1.version; status does not fit timeline.1.status',
    ],
    [
      'a timeline that ends at another time, after another status',
      lineWith({ pre_status: 'step9', update_time: '2024-01-01T00:00:01Z' }),
      'pre_status does not fit timeline.1.pre_status; update_time does not fit timeline.1.time',
    ],
    [
      'a timeline that does not begin with the job',
      lineWith({ create_time: '2023-12-31T00:00:00Z' }),
      'timeline.0.time does not fit create_time',
    ],
    ['a row of the timeline that is no object', lineWith({ timeline: [7] }), 'timeline.0 must be an object'],
    [
      'a key that stands twice in a row of the timeline',
      lineWith().replace('"note":""', '"note":"","note":"x"'),
      'timeline has the key 0.note twice',
    ],
    [
      'rows of the timeline that are wrong in several ways',
      lineWith({
        timeline: [
          event(1, 'x', '', 'now', { note: 7 }),
          event(2, 'working', 'pending', '2024-01-01T00:00:00.010Z', { who: 1 }),
        ],
      }),
      'timeline.0.time must be a time such as 2018-09-18T09:04:02Z (RFC 3339); timeline.0.note must be a string; ' +
        'timeline.1.who is not a parameter here',
    ],
  ] as const) {
    it(`is refused with ${what}`, () => assert.equal(saidOf(line), said));
  }

  const LATER = '2024-01-01T00:00:00.020Z';
  const [FIRST, SECOND] = goodLine().timeline as [object, object];
  for (const [what, timeline, said] of [
    [
      'whose first change is not the first status',
      [event(1, 'working', 'pending', '2024-01-01T00:00:00.000Z')],
      'timeline.0.status does not fit timeline.0.version',
    ],
    [
      'that goes back in its versions',
      [FIRST, SECOND, event(2, 'step1', 'working', LATER)],
      'timeline.2.version does not fit timeline.1.version',
    ],
    [
      'that goes back in time',
      [FIRST, SECOND, event(3, 'step1', 'working', '2024-01-01T00:00:00.009Z')],
      'timeline.2.time does not fit timeline.1.time',
    ],
    [
      'that goes on after its end',
      [FIRST, event(2, 'failed', 'pending', LATER), event(9, 'step1', 'step0', LATER)],
      'timeline.2.status does not fit timeline.1.status',
    ],
    [
      'that comes back to the first status',
      [FIRST, SECOND, event(9, 'pending', '', LATER)],
      'timeline.2.status does not fit timeline.1.status',
    ],
    [
      'that skips a status without a gap',
      [FIRST, SECOND, event(3, 'step2', 'step1', LATER)],
      'timeline.2.status does not fit timeline.1.status',
    ],
    [
      'that changes what came before a status that stays',
      [FIRST, SECOND, event(3, 'working', 'step1', LATER)],
      'timeline.2.status does not fit timeline.1.status',
    ],
  ] as const) {
    it(`is refused with a timeline ${what}`, () => {
      const last = timeline.at(-1) as Record<string, unknown>;
      const { version, status, pre_status, time } = last;
      const line = lineWith({ version, status, pre_status, update_time: time, timeline });
      assert.equal(saidOf(line), said);
    });
  }

  it('is refused with all that is wrong, up to twenty faults', () => {
    const wrong = lineWith({ job_id: 1, owner: '', status: 7, extra: 1, resources: { a: null } });
    assert.equal(
      saidOf(wrong.replace('"resources":{"a":null}', '"resources":{"a":1e999}')),
      'extra is not a parameter here; job_id must be a string; owner must be well-formed; ' +
        'status must be a string; resources has the number 1e999, which a double cannot hold',
    );
    const rows = Array.from({ length: 30 }, () => 7);
    const said = saidOf(lineWith({ timeline: rows }));
    assert.match(said, /^timeline\.0 .*; timeline\.19 must be an object; and so on$/);
  });

  it('does not repeat a secret in what it says', () => {
    assert.doesNotMatch(saidOf(lineWith({ job_id: 'x', resources: { password: 'hush', a: 1 } })), /hush/);
  });
});

describe('lines of a stream', () => {
  async function linesOf(chunks: readonly (string | Buffer)[], longest = 100): Promise<Line[]> {
    async function* stream(): AsyncGenerator<Buffer> {
      for (const chunk of chunks) yield Buffer.from(chunk as string);
    }
    const lines: Line[] = [];
    for await (const line of splitLines(stream(), longest)) lines.push(line);
    return lines;
  }
  const texts = (lines: readonly Line[]): (string | undefined)[] =>
    lines.map(({ bytes }) => bytes?.toString());

  it('end with LF, wherever the stream is cut', async () => {
    const whole = Buffer.from('a🙂b\n\ncd\nlast');
    for (let cut = 0; cut <= whole.length; cut++) {
      const lines = await linesOf([whole.subarray(0, cut), whole.subarray(cut)]);
      assert.deepEqual(texts(lines), ['a🙂b', '', 'cd', 'last']);
      assert.deepEqual(
        lines.map(({ number, end }) => [number, end]),
        [
          [1, 7],
          [2, 8],
          [3, 11],
          [4, 15],
        ],
      );
    }
  });

  it('do not end with other characters that readers of text take for an end', async () => {
    assert.deepEqual(texts(await linesOf(['a\u2028b\u2029c\rd\u0085e\n'])), ['a\u2028b\u2029c\rd\u0085e']);
  });

  it('are not kept where they are too long, and those after them are', async () => {
    const lines = await linesOf(['abc', 'def', 'ghi\nabcd\n', 'abcde\nx'], 4);
    assert.deepEqual(texts(lines), [undefined, 'abcd', undefined, 'x']);
    assert.deepEqual(
      lines.map(({ number, end }) => [number, end]),
      [
        [1, 10],
        [2, 15],
        [3, 21],
        [4, 22],
      ],
    );
  });

  it('are none in an empty stream', async () => {
    assert.deepEqual(await linesOf([]), []);
    assert.deepEqual(await linesOf(['']), []);
  });
});
