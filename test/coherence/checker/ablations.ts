import { scripts } from '../../../adapters/redis/scripts.ts';
import { mysql } from '../../../adapters/sql/dialect.ts';
import type { EntryCache } from '../../../src/coherence/ports.ts';
import type { EntryKey } from '../../../src/ports.ts';

/** The protocol with one of its rules left out: each must be found out by the checker. */
export interface Ablation {
  /** Done in the gateway before it serves. */
  readonly prepare?: () => void;
  readonly alter?: (cache: EntryCache) => EntryCache;
}

/** Changes a script of Redis. */
function rewrite(name: keyof typeof scripts, text: string, instead: string): void {
  const script = scripts[name] as { lua: string };
  if (!script.lua.includes(text)) throw new Error(`the script "${name}" has no ${text}`);
  script.lua = script.lua.replace(text, instead);
}

/** Blocks no entry of this kind. */
function blockAllBut(left: EntryKey['kind'], cache: EntryCache): EntryCache['block'] {
  const isBlocked = ({ kind }: EntryKey): boolean => kind !== left;
  return (epoch, keys, token) => cache.block(epoch, keys.filter(isBlocked), token);
}

const EPOCH_COMPARED = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'NOEPOCH' end";

export const ablations = {
  /** Changes are committed without entries being blocked before. */
  'no block': { alter: (cache) => ({ ...cache, block: async () => true }) },

  /** Of several rows the first alone is blocked. */
  'only one of several blocked': {
    alter: (cache) => ({
      ...cache,
      block: (epoch, keys, token) => cache.block(epoch, keys.slice(0, 1), token),
    }),
  },

  /** A change goes on where its entries could not be blocked. */
  'no fence where nothing could be blocked': {
    alter: (cache) => ({
      ...cache,
      runId: lastOf(cache.runId),
      block: (epoch, keys, token) => cache.block(epoch, keys, token).catch(() => true),
    }),
  },

  /** After a fence changes go on at once, and so does the cache. */
  'no wait after a fence': {
    prepare: () => Object.assign(mysql, { offFor: '1000000' }),
  },

  /** Values live on after T. */
  'no end of values after T': {
    prepare() {
      rewrite('lease', "'PX', ARGV[3]", "'PX', ARGV[3] * 100");
      rewrite('publish', 'local left = ARGV[3]', 'local left = ARGV[3] * 100');
    },
  },

  /** A fence does not wait for the writers of the epoch that it ends. */
  'no share lock on the epoch': {
    prepare: () => Object.assign(mysql, { shareLock: '' }),
  },

  /** Readers do not look whether Redis has lost the epoch, and with it perhaps a block. */
  'no epoch compared by readers': {
    prepare() {
      rewrite('lease', EPOCH_COMPARED, '');
      rewrite('fill', EPOCH_COMPARED, '');
    },
  },

  /** Whatever process answers is taken for the registered one. */
  'no run id': { alter: withFirstRunId },

  /** A fill takes the place of whatever stands. */
  'no token compared by fill': {
    prepare: () =>
      rewrite('fill', "if not holds(redis.call('GET', KEYS[2]), 'L', ARGV[2]) then return 'LOST' end", ''),
  },

  /** A publish takes the place of whatever stands. */
  'no token compared by publish': {
    prepare: () =>
      rewrite(
        'publish',
        "if holds(standing, 'B', ARGV[2]) then",
        "if standing then standing = 'B ' .. now .. ' '",
      ),
  },

  /** Which job is the newest may be read from the cache while another one is created. */
  'no block of the newest job': {
    alter: (cache) => ({
      ...cache,
      block: blockAllBut('newest', cache),
    }),
  },

  /** Of those who create jobs at once only the last one's block stands. */
  'one block of the newest job': {
    prepare: () =>
      rewrite('block', "if not shared(key) then redis.call('DEL', key) end", "redis.call('DEL', key)"),
  },

  /** Who has created a job frees what tells the newest one, whoever else is creating one. */
  'no token compared by who frees the newest job': {
    prepare: () => rewrite('abort', "redis.call('ZREM', key, ARGV[1])", "redis.call('DEL', key)"),
  },

  /** Accounts, on which credentials depend, are left out of the protocol: what was read is good for T. */
  'no coherent accounts': {
    alter: (cache) => ({
      ...cache,
      block: blockAllBut('account', cache),
      publish: async (epoch, key, token, value) => {
        if (key.kind === 'job') await cache.publish(epoch, key, token, value);
      },
    }),
  },
} as const satisfies Readonly<Record<string, Ablation>>;

export type Rule = keyof typeof ablations;

function withFirstRunId(cache: EntryCache): EntryCache {
  let first: string | undefined;
  const firstOf = (present: string | undefined): string | undefined => {
    first ??= present;
    return present === undefined ? undefined : first;
  };
  return {
    ...cache,
    runId: () => firstOf(cache.runId()),
    identify: async () => firstOf(await cache.identify()),
  };
}

/** What was answered last, where there is no answer now. */
function lastOf(runId: EntryCache['runId']): EntryCache['runId'] {
  let last: string | undefined;
  return () => (last = runId() ?? last);
}
