import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { Octets, octetsOf, OCTETS_MOST } from '../../adapters/wire/octets.ts';
import { joinPieces, type Pieces } from '../../adapters/wire/pieces.ts';

const bytesIn = (body: Buffer | Octets): Buffer =>
  body instanceof Octets ? Buffer.from(body.text, 'latin1') : body;

const piece = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('作业 😀', 'é', Buffer.from('作业 😀'), Buffer.alloc(OCTETS_MOST, 0xe4)),
);

describe('an answer in pieces', () => {
  it('is the bytes of its pieces one after the other, however many they are', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces: Pieces) => {
        const whole = Buffer.concat(pieces.map((each) => Buffer.from(each as string)));
        assert.deepEqual(bytesIn(joinPieces(pieces)), whole);
      }),
    );
  });

  it('is a text as long as that is worth it', () => {
    const [short, long] = [OCTETS_MOST, OCTETS_MOST + 1].map((length) => joinPieces(['x'.repeat(length)]));
    assert.ok(short instanceof Octets && Buffer.isBuffer(long));
  });

  it('can be read as the text that it was', () => {
    for (const text of ['', 'plain', '作业 😀 é']) assert.equal(String(octetsOf(text)), text);
  });
});
