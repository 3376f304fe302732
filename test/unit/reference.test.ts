import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Type, type TSchema } from '../../schemas/type.ts';
import { actionBindings } from '../../adapters/action/bindings.ts';
import { describeActions } from '../../adapters/action/reference/describe-actions.ts';
import { describeFields } from '../../adapters/action/reference/describe-fields.ts';
import { examples } from '../../adapters/action/reference/examples.ts';
import { curlOf } from '../../adapters/action/reference/show-example.ts';
import { typeOf, wordLimits } from '../../adapters/action/reference/word-limits.ts';
import { workedSignature } from '../../adapters/action/reference/worked-signature.ts';
import { writeReference } from '../../adapters/action/reference/write-reference.ts';
import { errorCatalogue } from '../../adapters/wire/error-catalogue.ts';
import { LANGUAGES } from '../../adapters/wire/language.ts';
import { toMarkdown } from '../../adapters/wire/markdown.ts';
import { describeProperty } from '../../schemas/descriptions.ts';
import { operationNames, operations } from '../../src/operations/index.ts';

/** Every property below a schema, with the property whose members have it. */
function propertiesBelow(schema: TSchema, place?: string): { place: string | undefined; property: string }[] {
  const { properties = {}, items } = schema as { properties?: Record<string, TSchema>; items?: TSchema };
  return [
    ...(items ? propertiesBelow(items, place) : []),
    ...Object.entries(properties).flatMap(([property, inner]) => [
      { place, property },
      ...propertiesBelow(inner, property),
    ]),
  ];
}

const blocksOf = (language: 'zh' | 'en') => writeReference(language).blocks;

describe('the descriptions', () => {
  it('cover every property of every input and output, in both languages', () => {
    for (const name of operationNames) {
      const { input, output } = operations[name];
      const inputs = propertiesBelow(input).map(({ property }) => ({ place: name, property }));
      for (const { place, property } of [...inputs, ...propertiesBelow(output)]) {
        const { en, zh } = describeProperty(place, property);
        assert.match(en, /^[\x20-\x7e’]+$/, `${name} ${property}`);
        assert.match(zh, /[\u4e00-\u9fff]/, `${name} ${property}`);
      }
    }
  });

  it('are asked for by name where one is missing', () => {
    assert.throws(() => describeProperty('create-job', 'colour'), /descriptions\.ts.*colour.*create-job/);
  });
});

describe('the reference', () => {
  it('has every action that is bound, and an example of each', () => {
    const bound = operationNames.filter((name) => actionBindings[name]);
    assert.deepEqual(
      describeActions().map(({ operation }) => operation),
      bound,
    );
    assert.deepEqual(
      operationNames.filter((name) => examples[name]),
      bound,
    );
  });

  it('says in both languages the same, block by block', () => {
    const outline = (language: 'zh' | 'en') =>
      blocksOf(language).map((block) => {
        if (block.is === 'table') return [block.is, block.rows.length, block.rows[0]?.length];
        if (block.is === 'list') return [block.is, block.items.length];
        return [block.is, block.is === 'heading' ? block.level : ''];
      });
    assert.deepEqual(outline('zh'), outline('en'));
  });

  it('links only to its own headings, each of which has an anchor of its own', () => {
    for (const language of LANGUAGES) {
      const markdown = toMarkdown(writeReference(language));
      const targets = [...markdown.matchAll(/\]\(([^)]*)\)/g)].map(([, target]) => target);
      const anchors = [...markdown.matchAll(/^ *- \[[^\]]*\]\((#[^)]*)\)$/gm)].map(([, anchor]) => anchor);
      assert.equal(new Set(anchors).size, anchors.length);
      assert.deepEqual(
        targets.filter((target) => !anchors.includes(target)),
        [],
      );
    }
  });

  it('lists every ret_code with the word that its message begins with', () => {
    const errors = blocksOf('en').at(-1);
    assert.equal(errors?.is, 'table');
    const rows = errors.rows.map(([code, word, reason]) => `${code} ${word} ${reason}`);
    for (const [reason, { retCode, word }] of Object.entries(errorCatalogue)) {
      assert.equal(rows.includes(`${retCode} \`${word}\` \`${reason}\``), retCode !== null, reason);
    }
    assert.ok(rows.includes('1101 `ResourceNotFound` `resource_not_found`'));
  });

  it('says which parameters are required, and what is taken for those that are not', () => {
    const parameters = new Map(
      describeActions().map(({ action, parameters }) => [
        action,
        new Map(parameters.map((parameter) => [parameter.name, parameter])),
      ]),
    );
    const limit = parameters.get('DescribeJobs')?.get('limit');
    assert.deepEqual([limit?.required, limit?.absent, limit?.type], [false, 100, 'integer']);
    assert.deepEqual(parameters.get('CancelJobs')?.get('job_ids')?.aliases, ['jobs']);
    assert.equal(parameters.get('CancelJobs')?.get('job_ids')?.required, true);
    assert.equal(parameters.get('ModifyJobStatus')?.get('note')?.required, false);
    assert.ok(parameters.get('CreateJob')?.has('client_token'));
  });

  it('shows a signature that is right', () => {
    const { secret, text, signature } = workedSignature;
    assert.equal(createHmac('sha256', secret).update(text).digest('base64'), signature);
  });
});

describe('the files of the reference', () => {
  const run = (...options: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'scripts/reference.ts', ...options], {
      encoding: 'utf8',
    });

  it('are complained of by name when they are not what would be written, with the way to mend them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jobgate-reference-'));
    try {
      assert.equal(run('--folder', folder, '--check').status, 1);
      assert.equal(run('--folder', folder).status, 0);
      assert.equal(run('--folder', folder, '--check').status, 0);
      appendFileSync(join(folder, 'actions.en.md'), 'by hand\n');
      const { status, stderr } = run('--folder', folder, '--check');
      assert.equal(status, 1);
      assert.match(stderr, /actions\.en\.md\n/);
      assert.doesNotMatch(stderr, /zh-CN/);
      assert.match(stderr, /npm run reference/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('fields of an answer', () => {
  it('are optional where a sample lacks them, and free data is not looked into', () => {
    const fields = describeFields([
      {
        job_set: [
          { job_id: 'a', resources: { x: 1 } },
          { job_id: 'b', directive: {} },
        ],
        total_count: 2,
      },
      { job_set: [], total_count: 0, next: 'c' },
    ]);
    assert.deepEqual(
      fields.map(({ path, type, optional }) => `${path} ${type}${optional ? '?' : ''}`),
      [
        'job_set list',
        'job_set[].job_id string',
        'job_set[].resources dict?',
        'job_set[].directive dict?',
        'total_count integer',
        'next string?',
      ],
    );
  });

  it('are not made up: one that nobody described is told', () => {
    assert.throws(() => describeFields([{ shoe_size: 43 }]), /shoeSize/);
  });
});

describe('limits in words', () => {
  const limits = (schema: TSchema) => wordLimits(schema as never).map(({ en }) => en);

  it('give ranges, words and forms', () => {
    assert.deepEqual(limits(Type.String({ minLength: 1, maxLength: 64 })), ['1–64 characters']);
    assert.deepEqual(limits(Type.String({ maxLength: 9 })), ['at most 9 characters']);
    assert.deepEqual(limits(Type.Integer({ minimum: 1 })), ['at least 1']);
    assert.deepEqual(limits(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })), ['at least 0']);
    assert.deepEqual(limits(Type.Enum(['createTime', 'asc'])), ['`create_time`, `asc`']);
    assert.deepEqual(limits(Type.String({ pattern: '^x$' })), ['`^x$`']);
    assert.deepEqual(limits(Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 2 })), [
      'at most 2 items',
      'each at least 1',
    ]);
    assert.equal(typeOf(Type.String({ format: 'json-object' }) as never), 'dict');
  });
});

describe('a call as a command line', () => {
  it('quotes what a shell would read otherwise, and leaves variables to it', () => {
    const line = curlOf('CreateJob', { a: 'plain-1.2', b: `it's "so"`, c: '$JOB_ID', d: '$(rm)' });
    assert.match(line, /-d a=plain-1\.2 /);
    assert.ok(line.includes(`--data-urlencode 'b=it'\\''s "so"'`));
    assert.ok(line.includes('-d c="$JOB_ID"'));
    assert.ok(line.includes(`--data-urlencode 'd=$(rm)'`));
  });
});
