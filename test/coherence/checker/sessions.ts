import { CREATED, HIDDEN, insist } from './lives.ts';
import { pickJob, readThese } from './readers.ts';
import type { Outcome, Scene, Way } from './scene.ts';

/** The subject of the password that sessions are made with, which nobody changes. */
export const PASSWORD = 'the password of sessions';

/**
 * Logs in, lets readers use the token, and logs out: a session is there, and then it is not, as with jobs.
 * @param user a user whose account changes with each log-out
 * @param known how long readers use a token that was logged out; in ms
 */
export async function holdSession(
  scene: Scene,
  user: { readonly name: string; readonly password: string },
  known: number,
): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const logIn = { method: 'POST', path: '/v1/auth', headers, body: JSON.stringify(user) };
  const invoked = performance.now();
  const began = await insist(scene, 'log in', () => logIn, 'rest');
  if (!began) return;
  if (began.outcome.is === 'refused') {
    refusedPassword(scene, began.outcome, began.way);
    return scene.pause(100);
  }
  const { token } = began.outcome.body.data as { token: string };
  const subject = `session ${scene.count()}`;
  scene.record.tokens.set(subject, token);
  const write = { kind: 'write', subject } as const;
  const { returned } = began.outcome;
  scene.record.writes.push({
    ...write,
    mark: CREATED,
    version: 1,
    invoked,
    returned,
    where: began.way.where,
  });
  scene.sessions.set(subject, token);
  await scene.pause(200 + scene.random() * 600);

  await lookFor(scene, subject);
  const logOut = { method: 'DELETE', path: '/v1/auth', headers: { authorization: token }, body: '' };
  const ends = performance.now();
  const ended = await insist(scene, 'log out', () => logOut, 'rest');
  scene.record.writes.push({
    ...write,
    mark: HIDDEN,
    version: undefined,
    invoked: ends,
    // A refusal says that an earlier attempt came through.
    returned: ended ? ended.outcome.returned : Infinity,
    where: ended?.way.where ?? 'nobody knows',
  });
  await lookFor(scene, subject);
  await scene.pause(known);
  scene.sessions.delete(subject);
}

/** A call with the token, to every instance. */
async function lookFor(scene: Scene, session: string): Promise<void> {
  const looks = scene.homes.map(async (home) => {
    const way = await scene.way({ home, protocol: 'rest' });
    if (way) await readThese(scene, way, [pickJob(scene).jobId], session);
  });
  await Promise.all(looks);
}

/** Like a read of a job that is not there: a good password that is refused is a lie. */
function refusedPassword(
  { record, phase }: Scene,
  { invoked, returned }: Exclude<Outcome, { is: 'unknown' }>,
  { instance, where }: Way,
): void {
  const read = { kind: 'read', subject: PASSWORD, version: undefined, mark: 'refused' } as const;
  record.reads.push({ ...read, invoked, returned, where, instance, phase, requestId: '', asked: undefined });
}
