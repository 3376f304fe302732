import { ChangeUserInput } from '../../schemas/change-user.ts';
import { User as UserSchema } from '../../schemas/user.ts';
import { actorOf } from '../accounts/audit.ts';
import { changeUser as change } from '../accounts/change-user.ts';
import { sendInvitation } from '../accounts/send-link.ts';
import type { User } from '../accounts/user.ts';
import type { MemberOperation } from '../operation.ts';

export const changeUser: MemberOperation<ChangeUserInput, User> = {
  summary: {
    en: 'Change the role, the status or the e-mail address of a user; it counts at once.',
    zh: '修改用户的角色、状态或邮箱，立即生效。',
  },
  input: ChangeUserInput,
  output: UserSchema,
  permission: 'admin',
  async handle({ input, caller, origin, ports }) {
    const { userId, role, status, email } = input;
    const active = status && status === 'active';
    const by = actorOf(caller, origin);
    const guarded = { ...ports, keepsAdmin: true };
    const { user, invitation } = await change(guarded, userId, { role, active, email }, by);
    sendInvitation(ports.outbox, email, invitation, origin.language);
    return user;
  },
};
