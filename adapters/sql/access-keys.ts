import type { Knex } from 'knex';
import type { AccessKeyStatus } from '../../schemas/access-key.ts';
import type { StoredAccessKey } from '../../src/accounts/access-key.ts';
import { KeyTaken } from '../../src/jobs/answer-once.ts';
import type { AccountStore, ChangeTx } from '../../src/ports.ts';
import type { Queries } from './transaction.ts';
import { ask, isDuplicate } from './ask.ts';
import { fromSqlTime, toSqlTime } from './time.ts';

interface AccessKeyRow {
  access_key_id: string;
  owner: string;
  access_key_name: string;
  status: AccessKeyStatus;
  sealed_secret: string;
  create_time: string;
  last_used_time: string | null;
}

/** Access keys in the database, outside of changes. */
export function accessKeyStore(
  db: Knex,
): Pick<AccountStore, 'findKey' | 'listKeys' | 'noteKeyUses' | 'resealKey'> {
  return {
    findKey: (accessKeyId) =>
      ask(async () => {
        const row = (await db('access_keys as k')
          .join('users as u', 'u.user_id', 'k.owner')
          .where('k.access_key_id', accessKeyId)
          .first('k.*', 'u.version')) as (AccessKeyRow & { version: number }) | undefined;
        return row && { ...toAccessKey(row), version: row.version };
      }),

    listKeys: (owner) =>
      ask(async () => {
        const query = db('access_keys').orderBy(['create_time', 'access_key_id']);
        if (owner !== undefined) void query.where('owner', owner);
        return ((await query) as AccessKeyRow[]).map(toAccessKey);
      }),

    noteKeyUses: (uses) =>
      ask(async () => {
        for (const [accessKeyId, time] of uses) {
          const used = toSqlTime(time);
          await db('access_keys')
            .where('access_key_id', accessKeyId)
            .where((earlier) => earlier.whereNull('last_used_time').orWhere('last_used_time', '<', used))
            .update({ last_used_time: used });
        }
      }),

    resealKey: (accessKeyId, before, sealedSecret) =>
      ask(async () => {
        const present = { access_key_id: accessKeyId, sealed_secret: before };
        return (await db('access_keys').where(present).update({ sealed_secret: sealedSecret })) === 1;
      }),
  };
}

/** What a change may do to access keys, whose owner's account it has locked, and what signed calls leave behind. */
export function accessKeyChanges(
  trx: Queries,
): Pick<ChangeTx, 'keysOf' | 'insertKey' | 'updateKey' | 'removeKey' | 'recallSigned' | 'rememberSigned'> {
  const raiseVersion = async (owner: string): Promise<void> => {
    await trx('users')
      .where('user_id', owner)
      .update({ version: trx.raw('version + 1') });
  };
  return {
    keysOf: (owner) =>
      ask(async () => {
        const rows = await trx('access_keys').where('owner', owner).orderBy(['create_time', 'access_key_id']);
        return (rows as AccessKeyRow[]).map(toAccessKey);
      }),

    insertKey: (key) =>
      ask(async () => {
        await trx('access_keys').insert({
          access_key_id: key.accessKeyId,
          owner: key.owner,
          access_key_name: key.accessKeyName,
          status: key.status,
          sealed_secret: key.sealedSecret,
          create_time: toSqlTime(key.createTime),
        });
      }),

    updateKey: ({ accessKeyId, owner }, { accessKeyName, status }) =>
      ask(async () => {
        const columns = {
          ...(accessKeyName !== undefined && { access_key_name: accessKeyName }),
          ...(status !== undefined && { status }),
        };
        if (Object.keys(columns).length === 0) return;
        await trx('access_keys').where('access_key_id', accessKeyId).update(columns);
        await raiseVersion(owner);
      }),

    removeKey: ({ accessKeyId, owner }) =>
      ask(async () => {
        await trx('access_keys').where('access_key_id', accessKeyId).delete();
        await raiseVersion(owner);
      }),

    recallSigned: (digest) =>
      ask(async () => {
        const row = (await trx('seen_signatures').where('digest', digest).first('answer')) as
          { answer: string } | undefined;
        return row?.answer;
      }),

    rememberSigned: ({ digest, userId, answer, expireTime }) =>
      ask(async () => {
        try {
          await trx('seen_signatures').insert({
            digest,
            user_id: userId,
            answer,
            expire_time: toSqlTime(expireTime),
          });
        } catch (thrown) {
          throw isDuplicate(thrown) ? new KeyTaken() : thrown;
        }
      }),
  };
}

function toAccessKey(row: AccessKeyRow): StoredAccessKey {
  return {
    accessKeyId: row.access_key_id,
    owner: row.owner,
    accessKeyName: row.access_key_name,
    status: row.status,
    sealedSecret: row.sealed_secret,
    createTime: fromSqlTime(row.create_time),
    lastUsedTime: row.last_used_time === null ? undefined : fromSqlTime(row.last_used_time),
  };
}
