import { KEY_PATTERN, STATUS_PATTERN, TEXT_PATTERN } from '../../../schemas/job.ts';
import { EMAIL_PATTERN, USER_ID_PATTERN } from '../../../schemas/user.ts';
import { toSnake } from '../../wire/spelling.ts';
import type { Text } from '../../wire/language.ts';

/** What the schema of a parameter says of its values. */
export interface LimitedSchema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly items?: LimitedSchema;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Patterns in words; undefined: it says only what is a matter of course. */
const PATTERNS: Readonly<Record<string, Text | undefined>> = {
  [TEXT_PATTERN]: undefined,
  [STATUS_PATTERN.source]: {
    en: '1–32 characters: a lower-case letter, then also digits, spaces, `_` and `-`',
    zh: '1–32 个字符：以小写字母开头，其后可有数字、空格、`_`、`-`',
  },
  [USER_ID_PATTERN.source]: {
    en: '1–64 letters, digits and `_` `.` `@` `-`, the first a letter or digit',
    zh: '1–64 个字母、数字或 `_` `.` `@` `-`，以字母或数字开头',
  },
  [EMAIL_PATTERN]: { en: 'an e-mail address', zh: '邮箱地址' },
  [KEY_PATTERN]: { en: 'visible ASCII characters', zh: '可见的 ASCII 字符' },
};

const FORMATS: Readonly<Record<string, Text>> = {
  'date-time': {
    en: 'RFC 3339 with a time zone, such as `2018-09-18T09:04:02Z`',
    zh: '带时区的 RFC 3339，例如 `2018-09-18T09:04:02Z`',
  },
  'json-object': { en: 'a JSON object', zh: 'JSON 对象' },
  // Written as the credentials of a call are.
  password: {
    en: 'the base64 of a password, or `rsa:` and its cipher text, as for `PASSWORD`',
    zh: '密码的 base64，或 `rsa:` 加密文，写法同 `PASSWORD`',
  },
};

/** The name of a type, as the references of this protocol have it. */
export function typeOf(schema: LimitedSchema): string {
  if (schema.type === 'array') return 'list';
  if (schema.format === 'json-object') return 'dict';
  return schema.type ?? 'string';
}

/** What values a parameter may have, beyond its type. */
export function wordLimits(schema: LimitedSchema): Text[] {
  const limits: Text[] = [];
  const count = (least: number | undefined, most: number | undefined, en = '', zh = ''): void => {
    const range = wordRange(least, most);
    if (range) limits.push({ en: range.en + en, zh: range.zh + zh });
  };
  if (schema.enum) {
    const words = schema.enum.map((word) => `\`${toSnake(String(word))}\``);
    limits.push({ en: words.join(', '), zh: words.join('、') });
  }
  count(schema.minItems, schema.maxItems, ' items', ' 项');
  count(schema.minLength, schema.maxLength, ' characters', ' 个字符');
  count(schema.minimum, schema.maximum);
  if (schema.pattern !== undefined) {
    const known = schema.pattern in PATTERNS;
    const words = known
      ? PATTERNS[schema.pattern]
      : { en: `\`${schema.pattern}\``, zh: `\`${schema.pattern}\`` };
    if (words) limits.push(words);
  }
  const format = schema.format === undefined ? undefined : FORMATS[schema.format];
  if (format) limits.push(format);
  for (const { en, zh } of schema.items ? wordLimits(schema.items) : []) {
    limits.push({ en: `each ${en}`, zh: `每项 ${zh}` });
  }
  return limits;
}

function wordRange(least: number | undefined, most: number | undefined): Text | undefined {
  // The largest safe integer is no limit that a caller reaches.
  if (most === undefined || most === Number.MAX_SAFE_INTEGER) {
    return least === undefined ? undefined : { en: `at least ${least}`, zh: `至少 ${least}` };
  }
  return least === undefined
    ? { en: `at most ${most}`, zh: `至多 ${most}` }
    : { en: `${least}–${most}`, zh: `${least}–${most}` };
}
