import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { writeLine } from '../../adapters/lines/write-line.ts';
import { readConfig } from '../../bin/config.ts';
import { openDatabase } from '../../bin/open-gateway.ts';
import type { JobRecord } from '../../src/jobs/job-record.ts';
import { PROGRAM, environmentOf, runJobgate, type Ended } from '../support/built-process.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/folder.ts';
import { freshSettings } from '../support/fresh-settings.ts';
import { STORES } from '../support/gateway.ts';
import { finishedRecord } from '../support/some-record.ts';

const linesOf = (list: readonly JobRecord[]): string =>
  list.map((record) => `${writeLine(record)}\n`).join('');

async function bring(environment: NodeJS.ProcessEnv, lines: string, ...options: string[]): Promise<Ended> {
  return runJobgate(['import', ...options], environment, lines);
}

async function take(environment: NodeJS.ProcessEnv, ...options: string[]): Promise<string> {
  const { status, stdout, stderr } = await runJobgate(['export', '--with-hidden', ...options], environment);
  assert.equal(status, 0, stderr);
  return stdout;
}

for (const store of STORES) {
  describe(`import and export on the ${store} store`, () => {
    it('leave alone what is different, and name it and what is refused by its line', async () => {
      await using fresh = await freshSettings(store);
      const { environment } = fresh;
      const [one, two, three] = [finishedRecord(), finishedRecord(), finishedRecord()] as const;
      await bring(environment, linesOf([one, two]));
      const changed = { ...two, job: { ...two.job, jobType: 'other' } };
      const input = [
        '{',
        '',
        writeLine(one),
        writeLine(changed),
        '{"a":1}',
        writeLine(three),
        writeLine(three),
      ];
      const { status, stdout, stderr } = await bring(environment, input.join('\n'), '--json');
      assert.equal(status, 1);
      assert.deepEqual(JSON.parse(stdout), { new: 1, equal: 2, different: 1, refused: 2 });
      assert.match(stderr, /^line 1: it is not JSON$/m);
      assert.match(stderr, new RegExp(`^line 4: ${two.job.jobId} is there already, and not the same$`, 'm'));
      assert.match(stderr, /^line 5: a is not a parameter here.*; job_id is missing;.*$/m);
      assert.equal(await take(environment), linesOf([one, two, three]));
    });

    it('stop at the first refused line with --strict, and keep what came before', async () => {
      await using fresh = await freshSettings(store);
      const [one, two] = [finishedRecord(), finishedRecord()] as const;
      const input = `${writeLine(one)}\n{}\n${writeLine(two)}\n`;
      const { status, stdout } = await bring(fresh.environment, input, '--strict', '--json');
      assert.deepEqual([status, JSON.parse(stdout)], [1, { new: 1, equal: 0, different: 0, refused: 1 }]);
      assert.equal(await take(fresh.environment), linesOf([one]));
    });

    it('never let a secret into the database', async () => {
      await using fresh = await freshSettings(store);
      const secret = 'zhu88jie-in-clear';
      const record = finishedRecord({
        resources: `{"nodes":[{"api_token":"${secret}"}]}`,
        directive: `{"PASSWORD":"${secret}","note":1}`,
      });
      const lines = linesOf([record]);
      assert.match(lines, new RegExp(secret));
      assert.equal((await bring(fresh.environment, lines)).status, 0);
      const { db, close } = openDatabase(readConfig(fresh.environment));
      const stored = JSON.stringify([await db('jobs').select('*'), await db('job_events').select('*')]);
      await close();
      assert.doesNotMatch(stored, new RegExp(secret));
      assert.match(await take(fresh.environment), /"PASSWORD":"\*{6}"/);
      // The line from the other system and the one that was taken from here say the same.
      assert.equal((await bring(fresh.environment, lines)).status, 0);
    });

    it('go on where a killed import ended', async () => {
      await using fresh = await freshSettings(store);
      const { environment } = fresh;
      await using folder = await temporaryFolder();
      const file = join(folder.path, 'jobs.ndjson');
      const lines = linesOf(Array.from({ length: 12_000 }, () => finishedRecord()));
      await writeFile(file, lines);
      await runJobgate(['migrate'], environment);
      const database = openDatabase(readConfig(environment));
      const count = async (): Promise<number> =>
        ((await database.db('jobs').count({ total: '*' })) as [{ total: number }])[0].total;
      try {
        const env = environmentOf(environment);
        const child = spawn(process.execPath, [PROGRAM, 'import', file], { env, stdio: 'ignore' });
        const ended = once(child, 'close');
        await eventually('some jobs were brought in', async () => (await count()) > 0);
        child.kill('SIGKILL');
        await ended;
        const there = await count();
        assert.ok(there > 0 && there < 12_000, `it was killed in the middle: ${there}`);
        const { stdout } = await runJobgate(['import', file, '--json'], environment);
        assert.deepEqual(JSON.parse(stdout), {
          new: 12_000 - there,
          equal: there,
          different: 0,
          refused: 0,
        });
      } finally {
        await database.close();
      }
      assert.equal(await take(environment), lines);
    });

    it('bring every job once where two processes bring the same', async () => {
      await using fresh = await freshSettings(store);
      await runJobgate(['migrate'], fresh.environment);
      const lines = linesOf(Array.from({ length: 3_000 }, () => finishedRecord()));
      const both = await Promise.all([1, 2].map(() => bring(fresh.environment, lines, '--json')));
      const counts = both.map(({ stdout }) => JSON.parse(stdout) as { new: number; equal: number });
      assert.deepEqual(
        both.map(({ status }) => status),
        [0, 0],
      );
      assert.equal(
        counts.reduce((sum, each) => sum + each.new, 0),
        3_000,
      );
      for (const each of counts) assert.equal(each.new + each.equal, 3_000);
      assert.equal(await take(fresh.environment), lines);
    });
  });
}

describe('jobgate export', () => {
  it('writes a file that is there only once it is whole, for its owner alone', async () => {
    await using fresh = await freshSettings('embedded');
    await using folder = await temporaryFolder();
    const lines = linesOf(Array.from({ length: 704 }, () => finishedRecord()));
    await bring(fresh.environment, lines);
    const file = join(folder.path, 'jobs.ndjson');
    const { status, stdout } = await runJobgate(
      ['export', '--with-hidden', '--output', file, '--json'],
      fresh.environment,
    );
    assert.deepEqual([status, JSON.parse(stdout)], [0, { exported: 704 }]);
    assert.equal(await readFile(file, 'utf8'), lines);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder.path), ['jobs.ndjson']);
  });

  it('leaves the file as it was where it fails or is ended, and nothing beside it', async () => {
    await using fresh = await freshSettings('embedded');
    await using folder = await temporaryFolder();
    await bring(fresh.environment, linesOf(Array.from({ length: 4_000 }, () => finishedRecord())));
    const file = join(folder.path, 'jobs.ndjson');
    await writeFile(file, 'of yesterday');

    const env = environmentOf(fresh.environment);
    const child = spawn(process.execPath, [PROGRAM, 'export', '--output', file], { env, stdio: 'ignore' });
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    await eventually('it began to write', async () => (await readdir(folder.path)).length > 1, 1);
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [143, null]);
    assert.deepEqual(await readdir(folder.path), ['jobs.ndjson']);

    const { db, close } = openDatabase(readConfig(fresh.environment));
    const last = (await db('jobs').max({ id: 'job_id' })) as [{ id: string }];
    await db('jobs').where('job_id', last[0].id).update({ resources: 'not JSON' });
    await close();
    const { status, stderr } = await runJobgate(['export', '--output', file], fresh.environment);
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`the row of job ${last[0].id} holds resources`));
    assert.deepEqual(await readdir(folder.path), ['jobs.ndjson']);
    assert.equal(await readFile(file, 'utf8'), 'of yesterday');
  });

  it('takes what its options say', async () => {
    await using fresh = await freshSettings('embedded');
    const time = Date.UTC(2024, 0, 1);
    const list = [
      finishedRecord({ owner: 'usr-a', createTime: time }),
      finishedRecord({ owner: 'usr-b', createTime: time + 1_000, jobType: 'other' }),
      finishedRecord({ owner: 'usr-b', createTime: time + 2_000, hiddenTime: time + 9_000 }),
    ];
    await bring(fresh.environment, linesOf(list));
    const [a, b] = list as [JobRecord, JobRecord];
    for (const [options, expected] of [
      [[], [a, b]],
      [['--owner', 'usr-a'], [a]],
      [['--type', 'other'], [b]],
      [['--created-after', '2024-01-01T08:00:00+08:00'], [b]],
      [['--created-before', '2024-01-01T00:00:01Z'], [a]],
    ] as const) {
      const { stdout, stderr } = await runJobgate(['export', ...options], fresh.environment);
      assert.equal(stdout, linesOf(expected), options.join(' '));
      assert.equal(stderr, `${expected.length} jobs exported\n`);
    }
    for (const [options, said] of [
      [['--created-after', 'yesterday'], /created_after must be a time such as/],
      [['--json'], /--json needs --output/],
    ] as const) {
      const { status, stderr } = await runJobgate(['export', ...options], fresh.environment);
      assert.equal(status, 1);
      assert.match(stderr, said);
    }
  });

  it('ends quietly where its reader has read enough', async () => {
    await using fresh = await freshSettings('embedded');
    await bring(fresh.environment, linesOf(Array.from({ length: 3_000 }, () => finishedRecord())));
    const env = environmentOf(fresh.environment);
    const child = spawn(process.execPath, [PROGRAM, 'export'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    const ended = once(child, 'close') as Promise<[number | null]>;
    await once(child.stdout, 'data');
    child.stdout.destroy();
    assert.deepEqual([(await ended)[0], said], [1, '']);
  });
});

describe('jobgate import', () => {
  it('reads a file, and says what became of it', async () => {
    await using fresh = await freshSettings('embedded');
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'jobs.ndjson');
    await writeFile(file, linesOf([finishedRecord()]));
    const { status, stdout } = await runJobgate(['import', file], fresh.environment);
    assert.equal(status, 0);
    assert.equal(stdout, '1 new, 0 there already and equal, 0 different and left alone, 0 refused\n');
    const missing = await runJobgate(['import', join(folder.path, 'none')], fresh.environment);
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /no such file/);
  });

  it('does not bring back what was deleted here, and says so', async () => {
    await using fresh = await freshSettings('embedded');
    const hidden = finishedRecord({ hiddenTime: Date.UTC(2024, 5, 1) });
    const lines = linesOf([hidden]);
    await bring(fresh.environment, lines);
    await runJobgate(['clean'], { ...fresh.environment, RETENTION_DAYS: '1' });
    assert.equal(await take(fresh.environment), '');
    const { status, stdout, stderr } = await bring(fresh.environment, lines, '--json');
    assert.deepEqual([status, JSON.parse(stdout).different], [1, 1]);
    assert.match(stderr, new RegExp(`line 1: ${hidden.job.jobId} was deleted here at version 3`));
  });
});
