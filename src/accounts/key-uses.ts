import type { AccountStore, Clock, Log } from '../ports.ts';

/** When access keys were used last, written down now and then: a call must not wait for that. */
export interface KeyUses {
  note(accessKeyId: string): void;
  /** Writes down what was noted. What cannot be written now is written the next time. */
  write(): Promise<void>;
}

/** More keys than this in one interval are not remembered: a number that no user has. */
const NOTED_MOST = 10_000;

export function createKeyUses(accounts: AccountStore, clock: Clock, log: Log): KeyUses {
  let noted = new Map<string, number>();
  return {
    note(accessKeyId) {
      if (noted.size < NOTED_MOST || noted.has(accessKeyId)) noted.set(accessKeyId, clock());
    },
    async write() {
      if (noted.size === 0) return;
      const uses = noted;
      noted = new Map();
      try {
        await accounts.noteKeyUses(uses);
      } catch (cause) {
        log.warn({ cause }, 'the last use of access keys could not be written down');
        for (const [accessKeyId, time] of uses) if (!noted.has(accessKeyId)) noted.set(accessKeyId, time);
      }
    },
  };
}
