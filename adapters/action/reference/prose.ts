import type { Block } from '../../wire/document.ts';

/** What the reference says in one language, beside what it takes from the catalogue and the schemas. */
export interface Prose {
  readonly title: string;
  /** What the table of contents is called. */
  readonly contents: string;
  /** The sections that stand before the actions. */
  readonly opening: readonly Block[];
  readonly actions: string;
  readonly who: (text: string) => string;
  readonly request: string;
  readonly noParameters: string;
  readonly parameterHead: readonly [string, string, string, string, string];
  readonly alias: (name: string, alias: string) => string;
  readonly yes: string;
  readonly no: string;
  readonly absent: (value: string) => string;
  /** Between two remarks on one value. */
  readonly comma: string;
  readonly answer: string;
  readonly fieldHead: readonly [string, string, string];
  readonly optional: (text: string) => string;
  readonly example: string;
  /** The section on errors, up to the table. */
  readonly errors: readonly Block[];
  readonly errorHead: readonly [string, string, string, string, string];
}
