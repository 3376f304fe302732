import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSeedRenderer } from '../../adapters/action/job-face.ts';
import { renderRestJob } from '../../adapters/rest/job-face.ts';
import { createJobFaces } from '../../src/jobs/job-view.ts';
import { someJob } from '../support/some-job.ts';

const renderers = { seed: createSeedRenderer('Asia/Shanghai'), rest: renderRestJob };
const faces = createJobFaces(renderers);
const job = someJob({ resources: '{"10":"作业 😀","2":["\\n\\u00e9"]}', directive: '{}', version: 12 });

describe('the faces of a job', () => {
  it('come back from an entry as they were rendered, with what decides who may see them', () => {
    const view = faces.decode(job.version, faces.encode(job));
    assert.ok(view);
    assert.deepEqual([view.jobId, view.owner, view.version], [job.jobId, job.owner, 12]);
    assert.equal(view.face('seed').toString(), renderers.seed(job));
    assert.equal(view.face('rest').toString(), renderers.rest(job));
  });

  it('are the same bytes from an entry as from the row', () => {
    const [fromEntry, fromRow] = [faces.decode(job.version, faces.encode(job)), faces.view(job)];
    for (const name of Object.keys(renderers)) assert.deepEqual(fromEntry?.face(name), fromRow.face(name));
  });

  it('are JSON with the caller’s data as it came', () => {
    for (const name of Object.keys(renderers)) {
      const text = faces.view(job).face(name).toString();
      assert.ok(JSON.parse(text));
      assert.ok(text.includes(`"resources":${job.resources}`));
    }
  });

  it('may be empty, or one alone', () => {
    const odd = createJobFaces({ none: () => '', some: () => 'x', nothing: () => '' });
    const view = odd.decode(1, odd.encode(job));
    assert.deepEqual(
      ['none', 'some', 'nothing'].map((name) => view?.face(name).toString()),
      ['', 'x', ''],
    );
  });

  it('are not read from the entry of other renderers', () => {
    const entry = faces.encode(job);
    const others = {
      'another zone': createJobFaces({ ...renderers, seed: createSeedRenderer('UTC') }),
      'another order': createJobFaces({ rest: renderers.rest, seed: renderers.seed }),
      'another name': createJobFaces({ signed: renderers.seed, rest: renderers.rest }),
      'fewer faces': createJobFaces({ seed: renderers.seed }),
      'more faces': createJobFaces({ ...renderers, more: renderers.rest }),
    };
    for (const [what, other] of Object.entries(others)) {
      assert.equal(other.decode(job.version, entry), undefined, what);
      assert.equal(faces.decode(job.version, other.encode(job)), undefined, what);
    }
  });

  it('are read from the entry of another process with the same renderers', () => {
    const same = createJobFaces({ seed: createSeedRenderer('Asia/Shanghai'), rest: renderRestJob });
    assert.ok(same.decode(job.version, faces.encode(job)));
  });

  it('are not read from what is no entry', () => {
    const whole = faces.encode(job);
    const head = whole.subarray(0, whole.indexOf('\n'));
    for (const entry of [
      Buffer.alloc(0),
      Buffer.from('\n'),
      Buffer.from('x y z\n'),
      head,
      Buffer.from('{}'),
    ]) {
      assert.equal(faces.decode(1, entry), undefined, entry.toString());
    }
  });

  it('have no other names than those that they were made with', () => {
    assert.throws(() => faces.view(job).face('signed'), /signed/);
    assert.throws(() => faces.decode(1, faces.encode(job))?.face('signed'), /signed/);
  });
});
