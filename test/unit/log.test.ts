import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const LOG = new URL('../../bin/log.ts', import.meta.url).href;

/** The lines that a process with such a log writes. */
async function lines(level: string, calls: string): Promise<Record<string, unknown>[]> {
  const program = `import { createLog } from ${JSON.stringify(LOG)}; const log = createLog('${level}'); ${calls}`;
  const parameters = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, parameters);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('writes the same JSON by hand and by pino', async () => {
    const facts = {
      word: 'describe-job',
      empty: '',
      odd: '"\\\n\u0000作业 \ud800',
      slash: 'a/b:c',
      number: 1.5,
      none: 0,
      yes: true,
      no: false,
    };
    const written = JSON.stringify(facts);
    // A fact that is no word, number or truth leaves the line to pino.
    const [byHand, byPino, infinite] = await lines(
      'info',
      `log.info({ ...${written}, nothing: undefined }, 'a "message"');
       log.info({ ...${written}, nothing: undefined, list: [1] }, 'a "message"');
       log.info({ not: Infinity }, 'x');`,
    );
    const { list, time: second, ...rest } = byPino!;
    const { time: first, ...hand } = byHand!;
    assert.deepEqual(list, [1]);
    assert.deepEqual(hand, rest);
    assert.deepEqual(
      Object.keys(byHand!),
      Object.keys(byPino!).filter((name) => name !== 'list'),
    );
    for (const time of [first, second])
      assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal(infinite?.['not'], null);
  });

  it('keeps to its level', async () => {
    const calls = `log.info({ a: 1 }, 'one'); log.info({ a: [1] }, 'two'); log.warn({ a: 1 }, 'three');`;
    assert.deepEqual(
      (await lines('warn', calls)).map(({ msg }) => msg),
      ['three'],
    );
    assert.deepEqual(
      (await lines('debug', calls)).map(({ msg }) => msg),
      ['one', 'two', 'three'],
    );
  });

  it('goes on where nobody takes it, keeps what it can hold, and counts the rest', async () => {
    const program = `
      import { createLog } from ${JSON.stringify(LOG)};
      const log = createLog('info');
      let written = 0;
      const write = () => {
        for (let line = 0; line < 1000; line++) log.info({ line: written++, text: 'x'.repeat(200) }, 'call');
        if (written < 100000) return setImmediate(write);
        setImmediate(() => process.stderr.write(String(log.dropped()) + '\\n'));
      };
      write();`;
    const parameters = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const child = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [told] = (await once(child.stderr, 'data')) as [Buffer];
    const dropped = Number(String(told));
    assert.ok(dropped > 10_000 && dropped < 100_000, `${dropped} lines`);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    await once(child, 'close');
    const taken = text.trimEnd().split('\n');
    for (const line of taken) assert.match(line, /^\{"level":30,.*"msg":"call"\}$/);
    assert.equal(taken.length + dropped, 100_000);
  });
});
