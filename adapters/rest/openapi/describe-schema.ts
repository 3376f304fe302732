import type { TSchema } from '../../../schemas/type.ts';
import { AccessKey } from '../../../schemas/access-key.ts';
import { describeProperty } from '../../../schemas/descriptions.ts';
import { Job } from '../../../schemas/job.ts';
import type { Language, Text } from '../../wire/language.ts';
import { toSnake } from '../../wire/spelling.ts';
import type { Schema } from './document.ts';

/** Schemas that have a name in the document, and the list whose members they are: descriptions go by it. */
const NAMED: readonly { readonly name: string; readonly schema: TSchema; readonly list: string }[] = [
  { name: 'Job', schema: Job, list: 'jobs' },
  { name: 'AccessKey', schema: AccessKey, list: 'accessKeys' },
];

/** What only this protocol's answers and parameters have. */
const OWN: Readonly<Record<string, Text>> = {
  page: { en: 'number of the page, from 1', zh: '页码，从 1 开始' },
  perPage: { en: 'how many a page has at the most', zh: '每页的最大数量' },
  per_page: { en: 'how many a page has at the most', zh: '每页的最大数量' },
  query_by: {
    en: 'names filters whose values stand in the parameters of those names; filters work without it too',
    zh: '指定过滤条件的名称，其值写在同名参数中；不写 query_by 时过滤条件同样有效',
  },
};

/** The schemas of a language that others refer to. */
export function namedSchemas(language: Language): Record<string, Schema> {
  return Object.fromEntries(
    NAMED.map(({ name, schema, list }) => [name, describeOwn(schema, list, language)]),
  );
}

/**
 * A schema of ours as the document has it: closed but for the callers' own data, with what each property means.
 * @param place see `describeProperty`
 */
export function describeSchema(schema: TSchema, place: string, language: Language): Schema {
  const named = NAMED.find((each) => each.schema === schema);
  return named ? { $ref: `#/components/schemas/${named.name}` } : describeOwn(schema, place, language);
}

function describeOwn(schema: TSchema, place: string, language: Language): Schema {
  const { properties, additionalProperties, items, format, ...rest } = schema as TSchema & {
    readonly properties?: Readonly<Record<string, TSchema>>;
    readonly additionalProperties?: boolean;
    readonly items?: TSchema;
    readonly format?: string;
  };
  // On its way in, free data is the text of an object; on the wire it is the object.
  if (format === 'json-object') return { type: 'object', additionalProperties: true };
  return {
    // Words are text, and readers of the document should not have to guess it.
    ...('enum' in rest && { type: 'string' }),
    ...rest,
    ...(format !== undefined && { format }),
    ...(items && { items: describeSchema(items, place, language) }),
    ...(properties &&
      additionalProperties !== true && {
        properties: Object.fromEntries(
          Object.entries(properties).map(([name, inner]) => [
            name,
            { ...describeSchema(inner, name, language), description: describe(place, name)[language] },
          ]),
        ),
      }),
    ...(additionalProperties === false && { unevaluatedProperties: false }),
    ...(additionalProperties === true && { additionalProperties: true }),
  };
}

/** What a property means, be it the core's or only this protocol's. */
export function describe(place: string, name: string): Text {
  return OWN[name] ?? describeProperty(place, name);
}

/** A value in a path or a query is text, and its words are spelled as names are there. */
export function asText(schema: Schema): Schema {
  const { enum: words, items } = schema as { enum?: readonly unknown[]; items?: Schema };
  return {
    ...schema,
    ...(words && { enum: words.map((word) => toSnake(String(word))) }),
    ...(items && { items: asText(items) }),
  };
}
