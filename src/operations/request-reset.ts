import { RequestResetInput, RequestResetOutput } from '../../schemas/request-reset.ts';
import { prepareLink } from '../accounts/send-link.ts';
import { Refusal } from '../errors.ts';
import type { OpenOperation } from '../operation.ts';

export const requestReset: OpenOperation<RequestResetInput, object> = {
  summary: {
    en: 'Send the owner of an e-mail address a link to set a new password. Whether there is one is told to admins alone.',
    zh: '向邮箱地址的所有者发送密码重置链接；该地址是否已注册只告诉管理员。',
  },
  input: RequestResetInput,
  output: RequestResetOutput,
  permission: 'anyone',
  knowsCallers: true,
  async handle({ input: { email, idempotencyKey }, caller, origin, ports }) {
    const { outbox, accounts, linkRequests } = ports;
    if (!outbox) throw new Refusal('operation_not_allowed', { detail: 'mail-not-set-up' });
    await linkRequests.admit(email, origin.address);
    if (caller?.role === 'admin' && !(await accounts.findUserByEmail(email))) {
      throw new Refusal('email_not_registered');
    }
    // Nothing is looked up before the answer: for every address it is the same, and takes as long.
    outbox.post(() => prepareLink(ports, { email, language: origin.language, idempotencyKey }));
    return {};
  },
};
