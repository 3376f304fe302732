import { AccessKey } from '../../schemas/access-key.ts';
import { DescribeAccessKeyInput } from '../../schemas/describe-access-keys.ts';
import type { StoredAccessKey } from '../accounts/access-key.ts';
import { mayTouchOf } from '../accounts/own-account.ts';
import { Refusal } from '../errors.ts';
import type { MemberOperation } from '../operation.ts';

export const describeAccessKey: MemberOperation<DescribeAccessKeyInput, StoredAccessKey> = {
  summary: { en: 'Show one access key, without its secret.', zh: '查询单个 access key（不含 secret）。' },
  input: DescribeAccessKeyInput,
  output: AccessKey,
  permission: 'self',
  async handle({ input, caller, ports }) {
    const key = await ports.accounts.findKey(input.accessKeyId);
    if (!key || !mayTouchOf(caller)(key.owner)) throw new Refusal('resource_not_found');
    return key;
  },
};
