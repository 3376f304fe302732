import { growthOf, readsOf, type GrowthSide } from '../growth-stage.ts';
import { growthJobId, OWN_USER } from '../growth-job.ts';
import { measure, type Measured, type Side } from '../measure.ts';
import type { Row } from '../row.ts';

const CONNECTIONS = 4;
/** There are many combinations: each is measured for a short time, and those that look the worst for longer. */
const SHORT = { rounds: 3, times: 40 } as const;
const TIMES = 100;
const WORST = 8;

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

/** A list that is measured. */
interface Compared {
  readonly way: Way;
  readonly name: string;
  readonly measured: Measured;
}

/**
 * The same list of a table of ten thousand jobs, and of a larger one. Where the small table has fewer jobs to show, the
 * same filters stand in by words that many jobs have.
 */
export const g1: Row = {
  what: 'list of 20 + exact total by any combination of filters: many jobs against ten thousand',
  unit: 'call',
  must: 2,
  aim: 1.3,
  async measure(stage, { rounds, share, rows }) {
    const { few, many } = await growthOf(stage, rows);
    const compare = async (way: Way, effort: { rounds: number; times: number }): Promise<Compared> => {
      const shorter = !way.withIds && (await shownBy(few, way)) < (await shownBy(many, way));
      const reference = shorter ? { ...way, words: common(way.words) } : way;
      const side = (table: GrowthSide, asked: Way): Side =>
        readsOf(stage, table, {
          who: asked.who,
          paths: [pathOf(asked, table)],
          connections: CONNECTIONS,
        });
      const name = [way.who, ...(way.withIds ? ['ids'] : []), ...Object.values(way.words)].join(' ');
      const times = Math.round(effort.times * share);
      return {
        way,
        name: `${name}, ${rows} jobs${shorter ? `, against frequent words of ${few.rows}` : ''}`,
        measured: await measure(side(many, way), side(few, reference), { ...effort, times }),
      };
    };
    const all: Compared[] = [];
    for (const way of ways()) all.push(await compare(way, SHORT));
    const sorted = byRatio(all);
    const again: Compared[] = [];
    for (const { way } of sorted.slice(0, Math.ceil(WORST * share)))
      again.push(await compare(way, { rounds, times: TIMES }));
    const median = sorted[Math.floor(sorted.length / 2)]!;
    return [
      ...byRatio(again).map(({ name, measured }, index) => ({
        ...measured,
        way: `number ${index + 1} of ${sorted.length} from the worst: ${name}`,
      })),
      { ...median.measured, way: `the median: ${median.name}` },
    ];
  },
};

const common = (words: Words): Words =>
  Object.fromEntries(Object.keys(words).map((word) => [word, COMMON[word]!]));

const byRatio = (all: readonly Compared[]): readonly Compared[] =>
  all.toSorted((a, b) => b.measured.ratio - a.measured.ratio);

/** How many jobs the list shows. */
async function shownBy(table: GrowthSide, way: Way): Promise<number> {
  const headers = { authorization: table.tokens[way.who] };
  const answer = await (await fetch(table.base + pathOf(way, table), { headers })).json();
  return (answer as { data: { jobs: readonly unknown[] } }).data.jobs.length;
}

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
