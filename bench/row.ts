import type { Measured } from './measure.ts';
import type { Stage } from './stage.ts';

/** How much is measured. */
export interface Effort {
  readonly rounds: number;
  /** 1 for the usual number of times in a round. */
  readonly share: number;
  /** How many jobs the larger table of the rows about growth has. */
  readonly rows: number;
}

/** One line of the table: a ratio of ours to a reference, which must not be above a bound, or below it. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly must: number;
  readonly aim: number;
  /** Left out: CPU, of which less is better. `rate`: calls in a second, of which more are. */
  readonly quantity?: 'rate';
  /** Measured in one way or several; the row is as good as the worst of them. */
  measure(stage: Stage, effort: Effort): Promise<readonly (Measured & { readonly way: string })[]>;
}
