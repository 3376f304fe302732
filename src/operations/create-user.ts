import { CreateUserInput } from '../../schemas/create-user.ts';
import { User as UserSchema } from '../../schemas/user.ts';
import { actorOf } from '../accounts/audit.ts';
import { addUser } from '../accounts/manage-users.ts';
import { sendInvitation } from '../accounts/send-link.ts';
import type { User } from '../accounts/user.ts';
import { refuseParameters } from '../errors.ts';
import type { MemberOperation } from '../operation.ts';

export const createUser: MemberOperation<CreateUserInput, User> = {
  summary: {
    en: 'Create a user, with a password, or with an e-mail address to which an invitation is sent.',
    zh: '创建用户：直接设置密码，或向其邮箱发送激活邮件。',
  },
  input: CreateUserInput,
  output: UserSchema,
  permission: 'admin',
  async handle({ input, caller, origin, ports }) {
    const { userId, role = 'user', email, password, idempotencyKey } = input;
    // Nobody could ever get in.
    if (password === undefined && (email === undefined || !ports.outbox)) {
      throw refuseParameters([{ parameter: 'password', fault: { is: 'required' } }]);
    }
    const wanted = { userId, role, email, password };
    const made = await addUser(ports, wanted, actorOf(caller, origin), idempotencyKey);
    const { user, invitation } = made;
    sendInvitation(ports.outbox, email, invitation, origin.language);
    return user;
  },
};
