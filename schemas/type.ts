import type { TSchema, Type as TypeBox } from 'typebox';

type Options = Readonly<Record<string, unknown>>;

const optional = new WeakSet<object>();

const builders = {
  String: (options: Options = {}) => ({ type: 'string', ...options }),
  Integer: (options: Options = {}) => ({ type: 'integer', ...options }),
  Enum: (words: readonly string[], options: Options = {}) => ({ enum: words, ...options }),
  Unknown: (options: Options = {}) => ({ ...options }),
  Array: (items: TSchema, options: Options = {}) => ({ type: 'array', items, ...options }),
  Object(properties: Readonly<Record<string, TSchema>>, options: Options = {}) {
    const required = Object.keys(properties).filter((name) => !optional.has(properties[name]!));
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...options };
  },
  Optional(schema: TSchema) {
    // The same schema may be required elsewhere.
    const copy = { ...schema };
    optional.add(copy);
    return copy;
  },
};

/**
 * Those of typebox's builders that schemas are made of, with its types and to the same effect. Its own come with three
 * hundred modules, most of them for types that are computed while a program runs: a fifth of what it took to start one.
 */
export const Type = builders as unknown as Pick<typeof TypeBox, keyof typeof builders>;
export type { Static, TSchema } from 'typebox';
