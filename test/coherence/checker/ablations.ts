import type { EntryCache } from '../../../src/coherence/ports.ts';

/** The protocol with one of its rules left out: each must be found out by the checker. */
export const ablations = {
  /** Changes are committed without entries being blocked before. */
  'no block': (cache: EntryCache): EntryCache => ({ ...cache, block: async () => true }),

  /** Whatever process answers is taken for the registered one. */
  'no run id': (cache: EntryCache): EntryCache => {
    let first: string | undefined;
    return {
      ...cache,
      runId() {
        const present = cache.runId();
        first ??= present;
        return present === undefined ? undefined : first;
      },
    };
  },
};

export type Ablation = keyof typeof ablations;
