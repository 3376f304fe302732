import { describeProperty } from '../../../schemas/descriptions.ts';
import type { Text } from '../../wire/language.ts';

/** One field of an answer. */
export interface Field {
  /** Where it stands, as in `job_set[].job_id`. */
  readonly path: string;
  readonly type: string;
  /** Whether an answer may do without it. */
  readonly optional: boolean;
  readonly description: Text;
}

/** Fields that the answer calls otherwise than the schema of the output. */
const PROPERTIES: Readonly<Record<string, string>> = {
  job_set: 'jobs',
  access_key_set: 'accessKeys',
  user_set: 'users',
  timeline_set: 'timeline',
  total_count: 'total',
};

const VERSION: Text = {
  en: 'rises by one with each change of the job; only with `verbose=1`',
  zh: '版本号，作业每变更一次加一；仅在 `verbose=1` 时返回',
};

/** Fields that belong to this protocol alone. */
const OWN: Readonly<Record<string, Text>> = {
  action: { en: 'the name of the action and `Response`', zh: 'action 名称加 `Response`' },
  ret_code: { en: '0: it was done', zh: '返回码，0 表示成功' },
  job: { en: 'the job', zh: '作业' },
  'jobs.version': VERSION,
  'job.version': VERSION,
};

/** The caller's own data: what is in it is not for us to describe. */
const FREE = new Set(['resources', 'directive']);

/**
 * The fields of answers, by looking at samples of them.
 * @param samples objects that are answered in the same place; a field that one of them lacks is optional
 */
export function describeFields(samples: readonly object[], prefix = '', place?: string): Field[] {
  const records = samples as readonly Readonly<Record<string, unknown>>[];
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return names.flatMap((name) => {
    const values = records.flatMap((record) => (name in record ? [record[name]] : []));
    const property = PROPERTIES[name] ?? toProperty(name);
    const field: Field = {
      path: `${prefix}${name}`,
      type: typeOfValue(values[0]),
      optional: values.length < records.length,
      description: OWN[`${place}.${property}`] ?? OWN[property] ?? describeProperty(place, property),
    };
    if (FREE.has(name)) return [field];
    const inner = values.flat().filter((value) => typeof value === 'object' && value !== null);
    const mark = Array.isArray(values[0]) ? '[].' : '.';
    return inner.length === 0
      ? [field]
      : [field, ...describeFields(inner, `${prefix}${name}${mark}`, property)];
  });
}

function typeOfValue(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'dict';
  return typeof value === 'number' ? 'integer' : typeof value;
}

/** `job_ids` → `jobIds`; `ret_code` is no property of an output and stays. */
function toProperty(name: string): string {
  return name in OWN ? name : name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
