import type { Language } from './language.ts';

/**
 * A document that is written as Markdown and as HTML. Texts may hold `code`, **stress** and [links](target), and
 * nothing else; that is Markdown as it stands.
 */
export interface Document {
  readonly language: Language;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  /** A section; its text makes the anchor that links name. */
  | { readonly is: 'heading'; readonly level: 2 | 3; readonly text: string }
  /** A word above a table or an example, too small to be linked to. */
  | { readonly is: 'label'; readonly text: string }
  | { readonly is: 'paragraph'; readonly text: string }
  | { readonly is: 'list'; readonly ordered: boolean; readonly items: readonly string[] }
  | { readonly is: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly is: 'code'; readonly language: 'sh' | 'json' | 'text'; readonly text: string };

export const heading = (level: 2 | 3, text: string): Block => ({ is: 'heading', level, text });
export const label = (text: string): Block => ({ is: 'label', text });
export const paragraph = (text: string): Block => ({ is: 'paragraph', text });
export const list = (...items: string[]): Block => ({ is: 'list', ordered: false, items });
export const steps = (...items: string[]): Block => ({ is: 'list', ordered: true, items });
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): Block => ({
  is: 'table',
  head,
  rows,
});
export const code = (language: 'sh' | 'json' | 'text', text: string): Block => ({
  is: 'code',
  language,
  text,
});

/** The sections of a document, for its table of contents. */
export function sectionsOf({ blocks }: Document): { level: 2 | 3; text: string; anchor: string }[] {
  return blocks.flatMap((block) =>
    block.is === 'heading' ? [{ level: block.level, text: block.text, anchor: anchorOf(block.text) }] : [],
  );
}

/** The fragment that a heading is linked by: as the usual viewers of Markdown make it, so that one link fits both. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
