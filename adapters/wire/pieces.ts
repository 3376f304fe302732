import type { JobView } from '../../src/jobs/job-view.ts';

/** JSON in pieces: text that is made now, and bytes that were made when the job was read. */
export type Pieces = (string | Buffer)[];

export function joinPieces(pieces: Pieces): Buffer {
  let length = 0;
  for (const piece of pieces) length += Buffer.byteLength(piece);
  const joined = Buffer.allocUnsafe(length);
  let end = 0;
  for (const piece of pieces) {
    end += typeof piece === 'string' ? joined.write(piece, end) : piece.copy(joined, end);
  }
  return joined;
}

/** The faces of jobs as the inside of a JSON array. */
export function listPieces(jobs: readonly JobView[], face: (job: JobView) => Buffer | Pieces): Pieces {
  return jobs.flatMap((job, index) => {
    const pieces = face(job);
    const own = Array.isArray(pieces) ? pieces : [pieces];
    return index === 0 ? own : [',', ...own];
  });
}
