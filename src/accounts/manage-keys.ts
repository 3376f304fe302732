import type { AccessKeyStatus } from '../../schemas/access-key.ts';
import { MAX_KEYS_PER_USER } from '../../schemas/describe-access-keys.ts';
import { Refusal } from '../errors.ts';
import { answerOnce } from '../jobs/answer-once.ts';
import type { ChangeTx, Ports } from '../ports.ts';
import { inventAccessKeyId, inventSecret, secretContext, type StoredAccessKey } from './access-key.ts';
import type { Actor } from './audit.ts';
import type { SecretBox } from './secret-box.ts';
import { accountKey } from './user.ts';

type Parts = Pick<Ports, 'accounts' | 'changes' | 'secretBox' | 'clock'>;

/** @throws Refusal `operation_not_allowed` where access keys are not set up */
export function requireSecretBox({ secretBox }: Pick<Parts, 'secretBox'>): SecretBox {
  if (!secretBox) throw new Refusal('operation_not_allowed', { detail: 'access-keys-not-set-up' });
  return secretBox;
}

/**
 * Makes an access key. Its secret is told here and nowhere else; a retry with the caller's own key is told it again.
 * @throws Refusal `user_not_found`, `idempotency_conflict`, `operation_not_allowed` where the user has too many, or keys
 *   are not set up
 */
export async function addKey(
  parts: Parts,
  by: Actor,
  wanted: { readonly owner: string; readonly accessKeyName?: string },
  idempotencyKey?: string,
): Promise<StoredAccessKey & { readonly secret: string }> {
  const { owner, accessKeyName = '' } = wanted;
  const secretBox = requireSecretBox(parts);
  const accessKeyId = inventAccessKeyId();
  const key: StoredAccessKey = {
    accessKeyId,
    owner,
    accessKeyName,
    status: 'active',
    sealedSecret: secretBox.seal(inventSecret(), secretContext(accessKeyId, owner)),
    createTime: parts.clock(),
    lastUsedTime: undefined,
  };
  const once = { key: idempotencyKey, operation: 'create-access-key', request: { owner, accessKeyName } };
  const made = await answerOnce(parts, by, [accountKey(owner)], once, async (tx) => {
    if (!(await tx.account(owner))) throw new Refusal('user_not_found');
    if ((await tx.keysOf(owner)).length >= MAX_KEYS_PER_USER) {
      throw new Refusal('operation_not_allowed', { detail: 'access-keys-too-many' });
    }
    await tx.insertKey(key);
    await tx.addAudit({
      ...by,
      time: key.createTime,
      operation: 'create-access-key',
      about: owner,
      accessKeyId,
      fields: accessKeyName === '' ? [] : ['accessKeyName'],
    });
    return key;
  });
  // Whoever overhears a signed call may send it again, and must not be told by it what it made another time.
  const repeated = made.accessKeyId !== accessKeyId && idempotencyKey === undefined;
  const secret = secretBox.open(made.sealedSecret, secretContext(made.accessKeyId, made.owner));
  if (repeated || secret === undefined) throw new Refusal('operation_not_allowed', { detail: 'done-before' });
  return { ...made, secret };
}

/**
 * The keys, each once and all of them the caller's to change, by a change of their owners' accounts: whoever uses a
 * changed key is found out at its next call, on every instance.
 * @param mayTouch whether the caller may change the keys of this user
 * @throws Refusal `resource_not_found` for a key that is not there, or not the caller's to see
 */
export async function changeKeys<Result>(
  { accounts, changes }: Parts,
  accessKeyIds: readonly string[],
  mayTouch: (owner: string) => boolean,
  work: (tx: ChangeTx, keys: readonly StoredAccessKey[]) => Promise<Result>,
): Promise<Result> {
  const ids = [...new Set(accessKeyIds)];
  const found = await Promise.all(ids.map((id) => accounts.findKey(id)));
  const owners = new Set(found.flatMap((key) => (key && mayTouch(key.owner) ? [key.owner] : [])));
  const locked = [...owners].toSorted();
  // What is missing is told by the change: a signed call that removed it and comes again is told so again.
  return changes.change(locked.map(accountKey), async (tx) => {
    const present = new Map<string, StoredAccessKey>();
    for (const owner of locked) for (const key of await tx.keysOf(owner)) present.set(key.accessKeyId, key);
    const keys = ids.map((id) => {
      const key = present.get(id);
      if (!key) throw new Refusal('resource_not_found');
      return key;
    });
    return work(tx, keys);
  });
}

/** Changes what stands of one key; a disabled one ends at once. @throws Refusal as {@link changeKeys} */
export function changeKey(
  parts: Parts,
  accessKeyId: string,
  change: { readonly accessKeyName?: string; readonly status?: AccessKeyStatus },
  mayTouch: (owner: string) => boolean,
  by: Actor,
): Promise<StoredAccessKey> {
  return changeKeys(parts, [accessKeyId], mayTouch, async (tx, [key]) => {
    if (!key) throw new Refusal('resource_not_found');
    const fields = Object.keys(change);
    if (fields.length === 0) return key;
    await tx.updateKey(key, change);
    await tx.addAudit({
      ...by,
      time: parts.clock(),
      operation: 'change-access-key',
      about: key.owner,
      accessKeyId,
      fields,
    });
    return { ...key, ...change };
  });
}

/** Removes keys: all, or none. @throws Refusal as {@link changeKeys} */
export function removeKeys(
  parts: Parts,
  accessKeyIds: readonly string[],
  mayTouch: (owner: string) => boolean,
  by: Actor,
): Promise<void> {
  return changeKeys(parts, accessKeyIds, mayTouch, async (tx, keys) => {
    for (const key of keys) {
      await tx.removeKey(key);
      const { accessKeyId, owner } = key;
      const time = parts.clock();
      const operation = 'remove-access-keys';
      await tx.addAudit({ ...by, time, operation, about: owner, accessKeyId, fields: [] });
    }
  });
}
