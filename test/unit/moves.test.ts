import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FINAL_STATUSES } from '../../schemas/job.ts';
import { Refusal } from '../../src/errors.ts';
import { hideFinished, isFinal, judgeVersion, moveTo, replaceContent } from '../../src/jobs/moves.ts';
import { someJob } from '../support/some-job.ts';

const LATER = Date.UTC(2030, 0, 1);
const content = { jobType: 'other', jobAction: 'Other', resources: '{"a":1}', directive: undefined };

/** What a refusal says stands now. */
function presentIn(run: () => unknown, reason: string): unknown {
  try {
    run();
  } catch (thrown) {
    assert.ok(thrown instanceof Refusal);
    assert.equal(thrown.reason, reason);
    return thrown.facts.present;
  }
  throw new Error('it was not refused');
}

describe('the moves of a job', () => {
  it('go to the status that is reported, and remember the one before', () => {
    const job = someJob({ status: 'pending', preStatus: '', version: 1 });
    const working = moveTo(job, 'working', LATER);
    assert.deepEqual(working, {
      ...job,
      status: 'working',
      preStatus: 'pending',
      version: 2,
      updateTime: LATER,
    });
    assert.deepEqual(moveTo(working, 'failed', LATER + 1), {
      ...job,
      status: 'failed',
      preStatus: 'working',
      version: 3,
      updateTime: LATER + 1,
    });
  });

  it('do not happen where the status is the present one, final or not', () => {
    for (const status of ['pending', 'working', ...FINAL_STATUSES]) {
      assert.equal(moveTo(someJob({ status }), status, LATER), undefined);
    }
  });

  it('never lead back to pending', () => {
    const job = someJob({ status: 'working' });
    assert.deepEqual(
      presentIn(() => moveTo(job, 'pending', LATER), 'operation_not_allowed'),
      {
        status: 'working',
      },
    );
  });

  for (const status of FINAL_STATUSES) {
    it(`end with ${status}`, () => {
      assert.ok(isFinal(status));
      const job = someJob({ status });
      const others = ['pending', 'working', ...FINAL_STATUSES.filter((other) => other !== status)];
      for (const other of others)
        assert.deepEqual(
          presentIn(() => moveTo(job, other, LATER), 'operation_not_allowed'),
          { status },
        );
      assert.deepEqual(
        presentIn(() => replaceContent(job, content, LATER), 'operation_not_allowed'),
        { status },
      );
      assert.deepEqual(hideFinished(job, LATER), { ...job, version: job.version + 1, updateTime: LATER });
    });
  }

  it('tell final statuses from their likes', () => {
    for (const status of ['Failed', 'failed ', 'cancelled', 'success', 'done', 'done with failures', ''])
      assert.equal(isFinal(status), false, status);
  });

  it('replace the content alone, and clear what is left out', () => {
    const job = someJob({ status: 'working', preStatus: 'pending', directive: '{"b":2}', version: 4 });
    assert.deepEqual(replaceContent(job, content, LATER), {
      ...job,
      ...content,
      directive: undefined,
      version: 5,
      updateTime: LATER,
    });
  });

  it('hide no job that is not finished', () => {
    for (const status of ['pending', 'working']) {
      assert.deepEqual(
        presentIn(() => hideFinished(someJob({ status }), LATER), 'operation_not_allowed'),
        {
          status,
        },
      );
    }
  });

  it('do not turn time back where the clock is behind the last change', () => {
    const job = someJob({ status: 'working' });
    const before = job.updateTime - 60_000;
    assert.equal(moveTo(job, 'step1', before)?.updateTime, job.updateTime);
    assert.equal(replaceContent(job, content, before).updateTime, job.updateTime);
  });

  it('are judged by the versions that a writer saw', () => {
    const job = someJob({ version: 3 });
    judgeVersion(job, undefined);
    judgeVersion(job, [3]);
    judgeVersion(job, [1, 3, 9]);
    for (const seen of [[2], [4], [1, 2], []]) {
      assert.deepEqual(
        presentIn(() => judgeVersion(job, seen), 'version_conflict'),
        { version: 3 },
      );
    }
  });
});
