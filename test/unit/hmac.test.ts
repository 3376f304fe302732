import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { createHmacWith } from '../../src/accounts/hmac.ts';

describe('an HMAC of two hashes', () => {
  for (const algorithm of ['sha256', 'sha1'] as const) {
    it(`is the one that Node makes, with ${algorithm}`, () => {
      const texts = fc.string({ unit: 'binary', maxLength: 300 });
      fc.assert(
        fc.property(texts, texts, (secret, text) => {
          const right = createHmac(algorithm, secret).update(text).digest('base64');
          assert.equal(createHmacWith(secret)(algorithm, text), right);
        }),
      );
    });
  }

  it('knows the answers of RFC 4231', () => {
    const cases = [
      ['Jefe', 'what do ya want for nothing?', 'W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM='],
      ['\x0b'.repeat(20), 'Hi There', 'sDRMYdjbOFNcqK/OrwvxK4gdwgDJgz2nJuk3bC4yz/c='],
    ] as const;
    for (const [secret, text, right] of cases) assert.equal(createHmacWith(secret)('sha256', text), right);
  });

  it('takes texts and secrets of any length', () => {
    for (const length of [0, 1, 63, 64, 65, 119, 120, 2_730, 2_731, 8_192, 8_193, 1_000_000]) {
      for (const letter of ['x', '名', '😀']) {
        const text = letter.repeat(length);
        for (const secret of ['short', 'x'.repeat(64), 'x'.repeat(65), text.slice(0, 1_000)]) {
          const right = createHmac('sha256', secret).update(text).digest('base64');
          assert.equal(createHmacWith(secret)('sha256', text), right, `${length} of ${letter}`);
        }
      }
    }
  });
});
