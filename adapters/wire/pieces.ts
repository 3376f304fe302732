import type { JobView } from '../../src/jobs/job-view.ts';
import { latin1Of, Octets, OCTETS_MOST } from './octets.ts';

/** JSON in pieces: text that is made now, and bytes that were made when the job was read. */
export type Pieces = (string | Buffer)[];

/** The pieces as one: octets as long as they are few. */
export function joinPieces(pieces: Pieces): Buffer | Octets {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  if (length > OCTETS_MOST) {
    return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
  }
  let text = '';
  for (const piece of pieces) {
    text += typeof piece === 'string' ? latin1Of(piece) : piece.toString('latin1');
  }
  return new Octets(text);
}

/** The faces of jobs as the inside of a JSON array. */
export function listPieces(jobs: readonly JobView[], face: (job: JobView) => Buffer | Pieces): Pieces {
  const all: Pieces = [];
  for (const job of jobs) {
    if (all.length > 0) all.push(',');
    const pieces = face(job);
    if (Array.isArray(pieces)) all.push(...pieces);
    else all.push(pieces);
  }
  return all;
}
