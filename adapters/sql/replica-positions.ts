import type { OpenDatabase } from './open.ts';
import { describeServer } from './server-version.ts';

/** A place in the primary's log of changes, in the words of the server. */
export type Position = string;

/** How a server tells which changes it has. */
export interface Positions {
  /** What the primary has committed now; undefined where it keeps no log that replicas could be compared with. */
  present(): Promise<Position | undefined>;
  /**
   * Which of these positions a replica has come to.
   * @throws Error where it is no replica of this store
   */
  reached(storeId: string, positions: readonly Position[]): Promise<readonly boolean[]>;
}

interface Words {
  readonly present: string;
  /** With a place for a position: 1 where the replica has come to it. */
  readonly reached: string;
}

const WORDS: Readonly<Record<string, Words>> = {
  MariaDB: {
    present: 'select @@global.gtid_binlog_pos as position',
    reached: 'master_gtid_wait(?, 0) = 0',
  },
  // Without GTIDs the set is empty, and every server would seem to have come to it.
  MySQL: {
    present: 'select @@global.gtid_executed as position',
    reached: "@@global.gtid_mode = 'ON' and gtid_subset(?, @@global.gtid_executed)",
  },
};

/** Positions by global transaction ids, which MariaDB always has with its binary log, and MySQL with `gtid_mode=ON`. */
export function openPositions(database: OpenDatabase): Positions {
  const { db } = database;
  let known: Words | undefined;
  const words = async (): Promise<Words> => {
    const [product = ''] = (await describeServer(database)).split(' ');
    known ??= WORDS[product];
    if (!known) throw new Error(`${product} has no replicas`);
    return known;
  };
  return {
    async present() {
      const { present } = known ?? (await words());
      const [[row]] = (await db.raw(present)) as [[{ position: string | null }]];
      return row.position || undefined;
    },
    async reached(storeId, positions) {
      const { reached } = known ?? (await words());
      const columns = positions.map((_, index) => `(${reached}) as r${index}`).join(', ');
      const [[row]] = (await db.raw(`select store_id, ${columns} from cache_epoch`, [...positions])) as [
        [Record<string, unknown> | undefined],
      ];
      if (row?.['store_id'] !== storeId) throw new Error('it is no replica of this database');
      return positions.map((_, index) => Number(row[`r${index}`]) === 1);
    },
  };
}
