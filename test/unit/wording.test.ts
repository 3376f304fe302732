import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { languageOf, LANGUAGES } from '../../adapters/wire/language.ts';
import { toSnake } from '../../adapters/wire/spelling.ts';
import { spell, wordFault, wordRefusal } from '../../adapters/wire/wording.ts';
import { operationNames, operations } from '../../src/operations/index.ts';
import { REASONS, Refusal, refuseParameters, type Detail, type Fault } from '../../src/errors.ts';

/** Every detail: one that is missing here does not compile. */
const DETAILS: Readonly<Record<Detail, true>> = {
  'body-not-json': true,
  'body-not-object': true,
  'body-not-utf8': true,
  'body-too-large': true,
  'body-too-deep': true,
  'body-type': true,
  'body-encoding': true,
  'body-aborted': true,
  'unknown-path': true,
  'unknown-method': true,
  'unknown-operation': true,
  'operation-missing': true,
  'credentials-missing': true,
  'credentials-malformed': true,
  'password-in-query': true,
  'password-in-the-clear': true,
  'cipher-refused': true,
  'credentials-of-two-kinds': true,
  'signature-malformed': true,
  'signature-mismatch': true,
  'access-key-unknown': true,
  'access-keys-not-set-up': true,
  'access-keys-too-many': true,
  'password-key-not-set-up': true,
  'email-taken': true,
  'last-admin': true,
  'mail-not-set-up': true,
  'time-passed': true,
  'time-in-future': true,
  'deadline-passed': true,
  'done-before': true,
  draining: true,
  busy: true,
  database: true,
  'database-unwritable': true,
  headers: true,
};

type Expected = Extract<Fault, { is: 'type' | 'format' }>['expected'];
const EXPECTED: Readonly<Record<Expected, true>> = {
  string: true,
  integer: true,
  list: true,
  object: true,
  time: true,
  cursor: true,
  utf8: true,
  form: true,
  status: true,
  json: true,
  tag: true,
  text: true,
  email: true,
  password: true,
};

const isFormat = (expected: Expected): expected is Extract<Fault, { is: 'format' }>['expected'] =>
  !['string', 'integer', 'list', 'object'].includes(expected);

/** Every fault: one that is missing here does not compile. */
const FAULTS: { readonly [Is in Fault['is']]: readonly Extract<Fault, { is: Is }>[] } = {
  required: [{ is: 'required' }],
  reserved: [{ is: 'reserved' }],
  unknown: [{ is: 'unknown' }, { is: 'unknown', nearest: 'perPage' }],
  duplicate: [{ is: 'duplicate' }],
  type: (['string', 'integer', 'list', 'object'] as const).map((expected) => ({ is: 'type', expected })),
  format: (Object.keys(EXPECTED) as Expected[])
    .filter(isFormat)
    .map((expected) => ({ is: 'format', expected })),
  'too-short': [{ is: 'too-short', least: 41 }],
  'too-long': [{ is: 'too-long', most: 42 }],
  'too-few': [{ is: 'too-few', least: 43 }],
  'too-many': [{ is: 'too-many', most: 44 }],
  'too-small': [{ is: 'too-small', least: 45 }],
  'too-large': [{ is: 'too-large', most: 46 }],
  'key-twice': [{ is: 'key-twice', key: 'a.b' }],
  'number-lost': [{ is: 'number-lost', number: '1e999' }],
  unlike: [{ is: 'unlike', other: 'timeline.0.preStatus' }],
  'not-beside': [{ is: 'not-beside', other: 'after' }],
  'not-one-of': [{ is: 'not-one-of', allowed: ['createTime', 'updateTime'] }],
};
const faults: readonly Fault[] = Object.values(FAULTS).flat();

const isSaid = (text: string): void => {
  assert.ok(text.trim().length > 0);
  assert.doesNotMatch(text, /undefined|null|\[object|NaN/);
};

describe('the wording of a refusal', () => {
  for (const language of LANGUAGES) {
    it(`says something for every reason in ${language}`, () => {
      const said = REASONS.map((reason) => wordRefusal(new Refusal(reason), language, toSnake));
      said.forEach(isSaid);
      assert.equal(new Set(said).size, REASONS.length);
    });

    it(`says something of its own for every detail in ${language}`, () => {
      const details = Object.keys(DETAILS) as Detail[];
      const said = details.map((detail) =>
        wordRefusal(new Refusal('malformed_request', { detail }), language, toSnake),
      );
      said.forEach(isSaid);
      assert.equal(new Set(said).size, details.length);
    });

    it(`says something of its own for every fault in ${language}`, () => {
      const said = faults.map((fault) => wordFault(fault, language, toSnake));
      said.forEach(isSaid);
      assert.equal(new Set(said).size, faults.length);
    });

    it(`names every limit and every allowed word in ${language}`, () => {
      for (const fault of faults) {
        const said = wordFault(fault, language, toSnake);
        if ('least' in fault) assert.ok(said.includes(String(fault.least)));
        if ('most' in fault) assert.ok(said.includes(String(fault.most)));
        if (fault.is === 'not-one-of') assert.match(said, /create_time.*update_time/);
        if (fault.is === 'unknown' && fault.nearest) assert.match(said, /per_page/);
      }
    });
  }

  it('counts one thing as one', () => {
    const few = (least: number): string => wordFault({ is: 'too-few', least }, 'en', toSnake);
    const short = (least: number): string => wordFault({ is: 'too-short', least }, 'en', toSnake);
    assert.deepEqual([few(1), few(2)], ['must have at least 1 item', 'must have at least 2 items']);
    assert.deepEqual(
      [short(1), short(2)],
      ['must have at least 1 character', 'must have at least 2 characters'],
    );
  });

  it('covers every form that a parameter may be expected to have', () => {
    const covered = faults.flatMap((fault) => ('expected' in fault ? [fault.expected] : []));
    assert.deepEqual(covered.toSorted(), Object.keys(EXPECTED).toSorted());
  });

  it('is English for English and Chinese for Chinese, whatever it says', () => {
    const refusals = [
      ...REASONS.map((reason) => new Refusal(reason)),
      ...(Object.keys(DETAILS) as Detail[]).map((detail) => new Refusal('malformed_request', { detail })),
      ...faults.map((fault) => refuseParameters([{ parameter: 'jobType', fault }])),
      new Refusal('version_conflict', { jobId: 'j-00000000', present: { version: 3 } }),
      new Refusal('operation_not_allowed', { present: { status: 'failed' } }),
      new Refusal('request_expired', { detail: 'time-passed', now: 0 }),
      new Refusal('unauthenticated', { detail: 'signature-mismatch', signed: 'GET' }),
    ];
    for (const refusal of refusals) {
      assert.match(wordRefusal(refusal, 'en', toSnake), /^[\x20-\x7e]+$/);
      // The sentence of the reason is Chinese already: what narrows it must be too.
      const sentence = wordRefusal(new Refusal(refusal.reason), 'zh', toSnake);
      const said = wordRefusal(refusal, 'zh', toSnake);
      assert.match(said === sentence ? said : said.replace(sentence, ''), /\p{Script=Han}/u);
    }
    const large = new Refusal('malformed_request', { detail: 'body-too-large', limit: 10 });
    for (const language of LANGUAGES) assert.ok(wordRefusal(large, language, toSnake).includes('10'));
  });

  it('has words for every rule that an input is judged by', () => {
    const judged = new Set(operationNames.flatMap((name) => keywordsOf(operations[name].input)));
    const worded =
      'type enum format pattern required additionalProperties minLength maxLength minItems maxItems minimum maximum'.split(
        ' ',
      );
    // These lead to other rules, or fill in what is absent.
    const silent = ['properties', 'items', 'default'];
    assert.deepEqual(
      [...judged].filter((keyword) => ![...worded, ...silent].includes(keyword)),
      [],
    );
    for (const keyword of worded) assert.ok(judged.has(keyword), `${keyword} is not in use`);
  });

  it('names every wrong parameter in the caller’s spelling', () => {
    const refusal = refuseParameters([
      { parameter: 'createdAfter', fault: { is: 'format', expected: 'time' } },
      { parameter: 'perPage', asSent: true, fault: { is: 'unknown', nearest: 'jobType' } },
    ]);
    const said = wordRefusal(refusal, 'en', toSnake);
    assert.match(said, /created_after must be a time.*; perPage is not a parameter here.*job_type/);
  });

  it('spells a parameter that the caller made up as the caller did', () => {
    const fault = { is: 'required' } as const;
    assert.equal(spell({ parameter: 'jobType', fault }, toSnake), 'job_type');
    assert.equal(spell({ parameter: 'jobType', asSent: true, fault }, toSnake), 'jobType');
  });
});

describe('the language of a caller', () => {
  it('is that of the tag, and Chinese without one that is known', () => {
    for (const tag of ['en', 'en-US', 'EN', 'En-gb']) assert.equal(languageOf(tag), 'en');
    for (const tag of ['zh-CN', 'zh', 'ZH-tw', 'fr', '', 'english', undefined]) {
      assert.equal(languageOf(tag), 'zh');
    }
  });
});

/** The keywords of a schema and of all below it. */
function keywordsOf(schema: object): string[] {
  const { properties = {}, items } = schema as { properties?: Record<string, object>; items?: object };
  const below = [...Object.values(properties), ...(items ? [items] : [])];
  return [...Object.keys(schema), ...below.flatMap(keywordsOf)];
}
