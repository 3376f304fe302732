import { distance } from 'fastest-levenshtein';
import type { TSchema } from '../../schemas/type.ts';
import { Refusal, type Problem } from '../../src/errors.ts';
import { JsonObjectText, objectText } from './free-json.ts';
import { toSnake } from './spelling.ts';

/** One parameter as sent, in the order sent. */
export interface Sent {
  readonly name: string;
  readonly value: unknown;
  /** The value as it was written, where it was written as JSON. */
  readonly text?: string;
  /** Name and value as they were written, where they stood in a query or a form. */
  readonly pair?: string;
}

/** The JSON Schema of one property, as far as decoding looks at it. */
export interface PropertySchema {
  readonly type?: string;
  readonly format?: string;
  readonly items?: PropertySchema;
  readonly enum?: readonly unknown[];
}

/** The declared properties of an input, and which of them it cannot do without. */
export function shapeOf(schema: TSchema): {
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly required: readonly string[];
} {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, PropertySchema>;
    required?: string[];
  };
  return { properties, required };
}

export function isList(schema: PropertySchema | undefined): boolean {
  return schema?.type === 'array';
}

/** What has more parts that are no text is none: each costs an exception. */
const UNREADABLE_MOST = 100;

/**
 * The pairs of a query or a form. Text that is not percent-encoded UTF-8 is told as a problem.
 * @throws Refusal `malformed_request` where next to nothing is text
 */
export function parsePairs(text: string): { sent: Sent[]; problems: Problem[] } {
  const sent: Sent[] = [];
  const problems: Problem[] = [];
  if (text === '') return { sent, problems };
  const plain = !text.includes('%') && !text.includes('+');
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = text.indexOf('&', start);
    if (end < 0) end = text.length;
    if (end === start) continue;
    const pair = text.slice(start, end);
    const cut = pair.indexOf('=');
    const rawName = cut < 0 ? pair : pair.slice(0, cut);
    const rawValue = cut < 0 ? '' : pair.slice(cut + 1);
    const name = plain ? rawName : decodePart(rawName);
    const value = plain ? rawValue : decodePart(rawValue);
    if (name === undefined || value === undefined) {
      const parameter = name ?? rawName.slice(0, 64);
      problems.push({ parameter, asSent: true, fault: { is: 'format', expected: 'utf8' } });
      if (problems.length > UNREADABLE_MOST) {
        throw new Refusal('malformed_request', { detail: 'body-not-utf8' });
      }
    } else {
      sent.push({ name, value, pair });
    }
  }
  return { sent, problems };
}

/** Undefined where it is no percent-encoded UTF-8. */
function decodePart(part: string): string | undefined {
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part;
  const ascii = decodeAscii(spaced);
  if (ascii !== undefined) return ascii;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
}

/**
 * Times, signatures and base64 have letters of ASCII escaped and no others: that takes a third of `decodeURIComponent`.
 * Undefined where something else is escaped.
 */
function decodeAscii(part: string): string | undefined {
  let decoded = '';
  let end = 0;
  for (let at = part.indexOf('%'); at >= 0; at = part.indexOf('%', end)) {
    const unit = 16 * hexDigit(part.charCodeAt(at + 1)) + hexDigit(part.charCodeAt(at + 2));
    if (!(unit < 0x80)) return undefined;
    decoded += part.slice(end, at) + String.fromCharCode(unit);
    end = at + 3;
  }
  return end === 0 ? part : decoded + part.slice(end);
}

/** What a letter stands for as a hexadecimal digit; NaN: nothing. */
function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  // Both cases differ by one bit.
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

/**
 * Text as the schema's type: digits become an integer, a declared word its name in the core.
 * What does not fit stays as it is, for validation to judge.
 */
export function typed(schema: PropertySchema | undefined, value: unknown): unknown {
  if (value instanceof JsonObjectText) return schema?.format === 'json-object' ? value.text : {};
  // What is not the text of an object is no text that validation takes.
  if (schema?.format === 'json-object') return typeof value === 'string' ? (objectText(value) ?? '') : '';
  if (typeof value !== 'string' || !schema) return value;
  if (schema.type === 'integer' && /^-?\d{1,300}$/.test(value)) return Number(value);
  // A word of the core's own spelling is none of the protocol's: null is in no list of words.
  if (schema.enum) return schema.enum.find((word) => toSnake(String(word)) === value) ?? null;
  return value;
}

/** The known name that was probably meant, or undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > 64) return undefined;
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const steps = distance(name.toLowerCase(), candidate.toLowerCase());
    if (steps < least) [best, least] = [candidate, steps];
  }
  return best;
}
