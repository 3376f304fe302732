import { DescribeAccessKeysInput, DescribeAccessKeysOutput } from '../../schemas/describe-access-keys.ts';
import type { StoredAccessKey } from '../accounts/access-key.ts';
import { ownerFor } from '../accounts/own-account.ts';
import { Refusal } from '../errors.ts';
import type { MemberOperation } from '../operation.ts';

export const describeAccessKeys: MemberOperation<
  DescribeAccessKeysInput,
  { readonly accessKeys: readonly StoredAccessKey[] }
> = {
  summary: {
    en: 'List the access keys of one user, oldest first, without their secrets.',
    zh: '查询某个用户的 access key（不含 secret），按创建时间从旧到新。',
  },
  input: DescribeAccessKeysInput,
  output: DescribeAccessKeysOutput,
  permission: 'self',
  async handle({ input, caller, ports }) {
    const owner = ownerFor(caller, input.owner);
    if (!(await ports.accounts.findUser(owner))) throw new Refusal('user_not_found');
    const keys = await ports.accounts.listKeys(owner);
    const asked = input.accessKeyIds;
    return { accessKeys: keys.filter((key) => !asked || asked.includes(key.accessKeyId)) };
  },
};
