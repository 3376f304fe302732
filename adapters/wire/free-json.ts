import { visit } from 'jsonc-parser';
import { parseJsonObject } from './body.ts';

/** A JSON object as it was written: parsing would lose the order of its keys. */
export class JsonObjectText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A member of a JSON object; an object within it stays text. */
export interface Member {
  readonly name: string;
  readonly value: unknown;
  /** The value as it was written: a number may be larger, and a list deeper, than what it is parsed to tells. */
  readonly text: string;
}

/**
 * The members of a JSON object in the order sent, one that stands twice twice.
 * @throws Refusal `malformed_request` where the text is not that of a JSON object
 */
export function readMembers(text: string): Member[] {
  return memberTexts(text).map(({ name, text: own }) => ({
    name,
    text: own,
    value: own.startsWith('{') ? new JsonObjectText(own) : (JSON.parse(own) as unknown),
  }));
}

/**
 * The same, each value as it was written.
 * @param depthMost how deeply brackets may nest
 */
export function memberTexts(
  text: string,
  depthMost?: number,
): { readonly name: string; readonly text: string }[] {
  parseJsonObject(text, depthMost);
  const members: { name: string; text: string }[] = [];
  let depth = 0;
  let name = '';
  let start = -1;
  const begin = (offset: number): void => {
    if (++depth === 2) start = offset;
  };
  const end = (offset: number, length: number): void => {
    if (--depth === 1) members.push({ name, text: text.slice(start, offset + length) });
  };
  visit(text, {
    onObjectProperty(key) {
      if (depth === 1) name = key;
    },
    onLiteralValue(_value, offset, length) {
      if (depth === 1) members.push({ name, text: text.slice(offset, offset + length) });
    },
    onObjectBegin: begin,
    onArrayBegin: begin,
    onObjectEnd: end,
    onArrayEnd: end,
  });
  return members;
}

/** The text itself where it is that of a JSON object, else undefined. */
export function objectText(text: string): string | undefined {
  try {
    parseJsonObject(text);
    return text.trim();
  } catch {
    return undefined;
  }
}
