/** Folds deltas again and again until it is killed: `tsx fold-for-ever.ts server|embedded URL|FOLDER`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { foldDeltas } from '../../adapters/sql/counts/fold.ts';
import { openMysql } from '../../adapters/sql/open-mysql.ts';
import { openSqlite } from '../../adapters/sql/open-sqlite.ts';

const [kind, place = ''] = process.argv.slice(2);
const database = kind === 'server' ? openMysql(place, { poolSize: 2 }) : openSqlite(place);
process.stdout.write('folding\n');
for (;;) {
  await foldDeltas(database).catch(() => {});
  await sleep(1);
}
