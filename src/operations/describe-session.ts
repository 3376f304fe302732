import { DescribeSessionInput, DescribeSessionOutput } from '../../schemas/describe-session.ts';
import type { MemberOperation } from '../operation.ts';

export const describeSession: MemberOperation<object, DescribeSessionOutput> = {
  summary: {
    en: 'Tell whose credentials these are, and until when they hold.',
    zh: '查询当前凭证所属的用户及有效期。',
  },
  input: DescribeSessionInput,
  output: DescribeSessionOutput,
  permission: 'self',
  handle({ caller: { userId, role, claim } }) {
    const { expireTime } = claim;
    return {
      userId,
      role,
      ...(expireTime !== undefined && { expireTime: new Date(expireTime).toISOString() }),
    };
  },
};
