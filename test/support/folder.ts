import { constants } from 'node:fs';
import { access, chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system in memory, where there is one. */
const IN_MEMORY = '/dev/shm';
/** The servers of a whole run hold less than half of it; in bytes. */
const ROOM = 4 * 2 ** 30;

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'jobgate-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * A folder for everything that a run of the tests writes: in memory where there is room, since hundreds of databases
 * that wait for a disk at each commit are most of what a run takes. A server that is killed loses nothing there either.
 */
export async function folderOfRun(): Promise<string> {
  const free = await statfs(IN_MEMORY).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  const usable = await access(IN_MEMORY, constants.W_OK).then(
    () => free > ROOM,
    () => false,
  );
  const folder = await mkdtemp(join(usable ? IN_MEMORY : tmpdir(), 'jobgate-run-'));
  // As the system's: the database server has an account of its own.
  await chmod(folder, 0o1777);
  return folder;
}
