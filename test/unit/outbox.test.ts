import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOutbox } from '../../src/accounts/outbox.ts';
import type { Mail } from '../../src/ports.ts';
import { eventually } from '../support/eventually.ts';

const mail = (userId: string): Mail => ({
  to: `${userId}@example.com`,
  purpose: 'reset',
  language: 'en',
  userId,
  token: 'token',
  expireTime: 0,
});

/** An outbox before a server that takes mails only once it is told to, with what was logged. */
function heldOutbox() {
  const sent: string[] = [];
  const lines: { message: string; facts: Record<string, unknown> }[] = [];
  const keep = (facts: object, message: string) =>
    void lines.push({ message, facts: facts as Record<string, unknown> });
  const waiting: (() => void)[] = [];
  const send = ({ userId }: Mail): Promise<void> =>
    new Promise((resolve) => {
      sent.push(userId);
      waiting.push(resolve);
    });
  const outbox = createOutbox({ send }, { info: keep, warn: keep, error: keep });
  const release = (): void => waiting.splice(0).forEach((resolve) => resolve());
  return { outbox, sent, lines, release };
}

describe('the outbox', () => {
  it('prepares nothing before the answer of the call could leave', async () => {
    const { outbox, sent, release } = heldOutbox();
    let prepared = false;
    outbox.post(async () => {
      prepared = true;
      return mail('usr-a');
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(prepared, false);
    await eventually('the mail is sent', () => sent.length === 1);
    release();
  });

  it('sends two mails at once, and the others after them', async () => {
    const { outbox, sent, release } = heldOutbox();
    for (const userId of ['usr-a', 'usr-b', 'usr-c', 'usr-d']) outbox.post(async () => mail(userId));
    await eventually('two are under way', () => sent.length === 2);
    release();
    await eventually('the others follow', () => sent.length === 4);
    release();
    assert.deepEqual(sent, ['usr-a', 'usr-b', 'usr-c', 'usr-d']);
  });

  it('drops what does not fit any more, and says so', async () => {
    const { outbox, sent, lines, release } = heldOutbox();
    for (let left = 1_100; left > 0; left--) outbox.post(async () => undefined);
    const dropped = lines.filter(({ message }) => message.includes('too many are waiting'));
    assert.ok(dropped.length >= 90 && dropped.length <= 100, String(dropped.length));
    assert.equal(sent.length, 0);
    release();
    await outbox.close();
  });

  it('goes on after one that could not be prepared, and tells why by codes alone', async () => {
    const { outbox, sent, lines, release } = heldOutbox();
    outbox.post(() => Promise.reject(Object.assign(new Error('of usr-a@example.com'), { code: 'EWHY' })));
    outbox.post(async () => mail('usr-b'));
    await eventually('the second is sent', () => sent.length === 1);
    release();
    const [line] = lines;
    assert.equal(line?.message, 'a mail was not sent');
    assert.equal(line?.facts.code, 'EWHY');
    assert.doesNotMatch(JSON.stringify(lines), /usr-a@example/);
  });

  it('takes nothing once it is closed', async () => {
    const { outbox, sent, lines } = heldOutbox();
    await outbox.close();
    outbox.post(async () => mail('usr-a'));
    assert.deepEqual([sent.length, lines.length], [0, 1]);
  });
});
