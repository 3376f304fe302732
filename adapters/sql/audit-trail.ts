import type { Knex } from 'knex';
import type { AccountStore, ChangeTx } from '../../src/ports.ts';
import type { Queries } from './transaction.ts';
import { ask } from './ask.ts';
import { fromSqlTime, toSqlTime } from './time.ts';

interface AuditRow {
  event_time: string;
  who: string;
  operation: string;
  about: string;
  access_key_id: string | null;
  address: string;
  request_id: string;
  fields: string;
}

/** Who changed users and keys, read. */
export function auditTrail(db: Knex): Pick<AccountStore, 'listAudit'> {
  return {
    listAudit: ({ about, before, limit }) =>
      ask(async () => {
        const query = db('audit_trail').orderBy('number', 'desc').limit(limit);
        if (about !== undefined) void query.where('about', about);
        if (before !== undefined) void query.where('number', '<', before);
        const rows = (await query) as (AuditRow & { number: number | string })[];
        return rows.map((row) => ({
          number: Number(row.number),
          time: fromSqlTime(row.event_time),
          userId: row.who,
          operation: row.operation,
          about: row.about,
          ...(row.access_key_id !== null && { accessKeyId: row.access_key_id }),
          address: row.address,
          requestId: row.request_id,
          fields: row.fields === '' ? [] : row.fields.split(','),
        }));
      }),
  };
}

/** Who changed users and keys, written in the transaction of the change. */
export function auditChanges(trx: Queries): Pick<ChangeTx, 'addAudit'> {
  return {
    addAudit: (entry) =>
      ask(async () => {
        const row: AuditRow = {
          event_time: toSqlTime(entry.time),
          who: entry.userId,
          operation: entry.operation,
          about: entry.about,
          access_key_id: entry.accessKeyId ?? null,
          address: entry.address,
          request_id: entry.requestId,
          fields: entry.fields.join(','),
        };
        await trx('audit_trail').insert(row);
      }),
  };
}
