import { growthOf, readsOf, type GrowthSide } from '../growth-stage.ts';
import { growthJobId, OWN_USER } from '../growth-job.ts';
import { measure, type Measured, type Side } from '../measure.ts';
import type { Row } from '../row.ts';

const TIMES = 40;
const CONNECTIONS = 4;
/** There are many combinations, so that each is measured less often. */
const ROUNDS = 3;
const WORST = 4;

type Words = Readonly<Record<string, string>>;

/** What many jobs have, and what few have. */
const COMMON: Words = {
  owner: OWN_USER,
  job_type: 'type-0',
  job_action: 'Action1',
  status: 'successful',
  pre_status: 'step4',
};
const RARE: Words = {
  ...COMMON,
  job_type: 'type-6',
  job_action: 'Action12',
  status: 'failed',
  pre_status: 'step2',
};
const OF_TAIL: Words = { ...RARE, owner: 'usr-tail-7', status: 'working', pre_status: 'pending' };

interface Way {
  readonly who: 'admin' | 'user';
  readonly words: Words;
  readonly withIds: boolean;
}

/** The same list of a table of ten thousand jobs, and of a larger one. */
export const g1: Row = {
  what: 'list of 20 + exact total by any combination of filters: many jobs against ten thousand',
  unit: 'call',
  must: 2,
  aim: 1.3,
  async measure(stage, { rounds, share, rows }) {
    const { few, many } = await growthOf(stage, rows);
    const measured: (Measured & { way: string })[] = [];
    for (const way of ways()) {
      const side = (table: GrowthSide): Side =>
        readsOf(stage, table, { who: way.who, paths: [pathOf(way, table)], connections: CONNECTIONS });
      const effort = { rounds: Math.min(rounds, ROUNDS), times: Math.round(TIMES * share) };
      const name = `${way.who} ${way.withIds ? 'ids ' : ''}${Object.values(way.words).join(' ')}`;
      measured.push({ way: `${name}, ${rows} jobs`, ...(await measure(side(many), side(few), effort)) });
    }
    const sorted = measured.toSorted((a, b) => b.ratio - a.ratio);
    const median = sorted[Math.floor(sorted.length / 2)]!;
    const worst = sorted.slice(0, WORST).map((each, index) => ({
      ...each,
      way: `number ${index + 1} of ${sorted.length} from the worst: ${each.way}`,
    }));
    return [...worst, { ...median, way: `the median: ${median.way}` }];
  },
};

function ways(): readonly Way[] {
  const all = [COMMON, RARE, OF_TAIL].flatMap((words) =>
    subsets(words).map((some) => ({ who: 'admin', words: some }) as const),
  );
  const { owner: _owner, ...own } = RARE;
  const ofUser = subsets(own).map((words) => ({ who: 'user', words }) as const);
  const byIds = subsets(COMMON).map((words) => ({ who: 'admin', words, withIds: true }) as const);
  const distinct = new Map(
    [...all, ...ofUser, ...byIds].map((way) => [JSON.stringify(way), { withIds: false, ...way }]),
  );
  return [...distinct.values()];
}

function subsets(words: Words): readonly Words[] {
  const names = Object.keys(words);
  return Array.from({ length: 1 << names.length }, (_, subset) =>
    Object.fromEntries(names.flatMap((name, index) => (subset & (1 << index) ? [[name, words[name]!]] : []))),
  );
}

function pathOf({ words, withIds }: Way, { rows }: GrowthSide): string {
  const ids = Array.from({ length: 20 }, (_, index) => growthJobId(index * 37, rows)).join(',');
  const query = new URLSearchParams({ per_page: '20', ...words, ...(withIds && { job_ids: ids }) });
  return `/v1/jobs?${query.toString()}`;
}
