import { DescribePasswordKeyInput, DescribePasswordKeyOutput } from '../../schemas/describe-password-key.ts';
import { Refusal } from '../errors.ts';
import type { OpenOperation } from '../operation.ts';

export const describePasswordKey: OpenOperation<object, DescribePasswordKeyOutput> = {
  summary: {
    en: 'Show the public key that passwords may be encrypted with.',
    zh: '查询用于加密密码的公钥。',
  },
  input: DescribePasswordKeyInput,
  output: DescribePasswordKeyOutput,
  permission: 'anyone',
  async handle({ ports: { passwordKey } }) {
    if (!passwordKey) throw new Refusal('resource_not_found', { detail: 'password-key-not-set-up' });
    return { algorithm: 'RSA-OAEP-SHA256', publicKey: passwordKey.publicKey };
  },
};
