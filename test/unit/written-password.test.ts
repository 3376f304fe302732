import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { readPassword, type WrittenPassword } from '../../adapters/action/passwords.ts';
import { bareRequest } from '../../adapters/wire/bare-request.ts';

const read = (sent: string): WrittenPassword =>
  readPassword(sent, bareRequest({ requestId: 'r-1' }), ['base64']);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const malformed = { by: 'nothing', detail: 'credentials-malformed' };

describe('a password in base64', () => {
  it('is the text that was written, and is remembered the same however that was done', () => {
    const password = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    const around = fc.constantFrom('', ' ', '\n', ' \t ');
    fc.assert(
      fc.property(password, around, around, fc.boolean(), (text, before, behind, padded) => {
        fc.pre(!text.startsWith('\ufeff'));
        const usual = base64(text);
        const letters = padded ? usual : usual.replace(/=+$/, '');
        const found = read(before + letters.replaceAll('+', ' ').trim() + behind);
        assert.ok(found.by === 'password');
        assert.deepEqual([found.read(), found.written], [text, usual]);
      }),
    );
  });

  it('is none where it is no base64, no text, empty or too long', () => {
    for (const sent of ['%', '====', 'a=b=', '', ' ', base64('x'.repeat(2_000)), `${' '.repeat(9_000)}*`]) {
      const found = read(sent);
      assert.ok(found.by === 'password' ? found.read() === undefined : found.by === 'nothing', sent);
    }
    assert.deepEqual(read(' /w '), malformed);
    const usual = read('/w==');
    assert.equal(usual.by === 'password' && usual.read(), undefined);
  });
});
