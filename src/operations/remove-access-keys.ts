import { RemoveAccessKeysInput, RemoveAccessKeysOutput } from '../../schemas/remove-access-keys.ts';
import { actorOf } from '../accounts/audit.ts';
import { removeKeys } from '../accounts/manage-keys.ts';
import { mayTouchOf } from '../accounts/own-account.ts';
import type { MemberOperation } from '../operation.ts';

export const removeAccessKeys: MemberOperation<RemoveAccessKeysInput, RemoveAccessKeysOutput> = {
  summary: {
    en: 'Remove access keys: all of them, or none. They sign no call from now on.',
    zh: '删除 access key：全部成功或全部不变，立即生效。',
  },
  input: RemoveAccessKeysInput,
  output: RemoveAccessKeysOutput,
  permission: 'self',
  async handle({ input, caller, origin, ports }) {
    await removeKeys(ports, input.accessKeyIds, mayTouchOf(caller), actorOf(caller, origin));
    return { accessKeyIds: [...new Set(input.accessKeyIds)] };
  },
};
