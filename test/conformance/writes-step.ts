import assert from 'node:assert/strict';
import { errorCatalogue } from '../../adapters/wire/error-catalogue.ts';
import { REASONS, type Reason } from '../../src/errors.ts';
import type { Ask, SeenJob } from './question.ts';

export type WriteOperation = 'create-job' | 'replace-job' | 'report-job' | 'cancel-jobs' | 'hide-jobs';

/** What a write may say, in the core's spelling. Free data is text, so that it arrives as it stands here. */
export interface WriteInput {
  readonly jobType?: string;
  readonly jobAction?: string;
  readonly resources?: string;
  readonly directive?: string;
  readonly owner?: string;
  readonly status?: string;
  readonly note?: string;
  readonly ifVersion?: readonly number[];
  readonly idempotencyKey?: string;
}

export interface Write {
  readonly operation: WriteOperation;
  /** Empty for a creation. Only the action API writes several jobs at once. */
  readonly jobIds: readonly string[];
  readonly input: WriteInput;
}

/** What came of a write, without its protocol. */
export type Written =
  | {
      readonly jobIds: readonly string[];
      /** The job as the answer shows it, where the protocol shows it. */
      readonly shown?: SeenJob;
      readonly tag?: string | null;
      readonly text: string;
    }
  | { readonly refused: Reason; readonly message: string };

/** One row of a timeline; the time in milliseconds since 1970. */
export interface SeenEvent {
  readonly version: number;
  readonly status: string;
  readonly preStatus: string;
  readonly time: number;
  readonly userId: string;
  readonly note: string;
}

/** One user at one instance by one protocol. */
export interface Door {
  readonly ask: Ask;
  write(write: Write): Promise<Written>;
  timeline(jobId: string): Promise<{ readonly rows: readonly SeenEvent[] } | { readonly refused: Reason }>;
}

/** The reason that an English message begins with; numbers stand for several. */
export function reasonOf(message: string): Reason {
  const words = message.replace(/^[A-Z][A-Za-z]+, /, '');
  const found = REASONS.find((reason) => words.startsWith(errorCatalogue[reason].message.en));
  assert.ok(found, `no reason of the catalogue says: ${message}`);
  return found;
}
