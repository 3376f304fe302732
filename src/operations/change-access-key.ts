import { AccessKey } from '../../schemas/access-key.ts';
import { ChangeAccessKeyInput } from '../../schemas/change-access-key.ts';
import type { StoredAccessKey } from '../accounts/access-key.ts';
import { actorOf } from '../accounts/audit.ts';
import { changeKey } from '../accounts/manage-keys.ts';
import { mayTouchOf } from '../accounts/own-account.ts';
import type { MemberOperation } from '../operation.ts';

export const changeAccessKey: MemberOperation<ChangeAccessKeyInput, StoredAccessKey> = {
  summary: {
    en: 'Rename, disable or enable an access key. A disabled one signs no call from now on.',
    zh: '修改 access key 的名称，或停用、启用它；停用立即生效。',
  },
  input: ChangeAccessKeyInput,
  output: AccessKey,
  permission: 'self',
  handle({ input, caller, origin, ports }) {
    const { accessKeyId, ...change } = input;
    return changeKey(ports, accessKeyId, change, mayTouchOf(caller), actorOf(caller, origin));
  },
};
