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

  /** A reader stores what it read, though its lease was taken away meanwhile. */
  'fill without a lease': (cache: EntryCache): EntryCache => ({
    ...cache,
    async fill(epoch, key, token, value) {
      await cache.block(epoch, [key], token);
      await cache.publish(epoch, key, token, value);
    },
  }),
};

export type Ablation = keyof typeof ablations;
