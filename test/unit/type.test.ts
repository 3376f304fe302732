import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Type as TypeBox } from 'typebox';
import { Type } from '../../schemas/type.ts';

/** One schema with everything that schemas are made of. */
function schemaBy(type: Pick<typeof TypeBox, keyof typeof Type>): object {
  const word = type.String({ minLength: 1, pattern: '^a' });
  const number = type.Integer({ minimum: 0, default: 3 });
  return type.Object(
    {
      word,
      wordOrNone: type.Optional(word),
      plain: type.String(),
      numbers: type.Array(number, { minItems: 1 }),
      none: type.Optional(type.Array(type.Array(type.Integer()))),
      one: type.Optional(type.Enum(['x', 'y'], { description: 'one of two' })),
      any: type.Unknown(),
      anyOrNone: type.Optional(type.Unknown({ description: 'whatever it is' })),
      empty: type.Object({}, { additionalProperties: true }),
      allOptional: type.Object({ only: type.Optional(number) }),
    },
    { additionalProperties: false, title: 'Everything' },
  );
}

describe('the builders of schemas', () => {
  it('build what those of typebox do', () => {
    assert.deepEqual(
      JSON.parse(JSON.stringify(schemaBy(Type))),
      JSON.parse(JSON.stringify(schemaBy(TypeBox))),
    );
    assert.equal(JSON.stringify(schemaBy(Type)), JSON.stringify(schemaBy(TypeBox)));
  });
});
