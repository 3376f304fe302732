import { text } from 'node:stream/consumers';
import { Option, type Command } from 'commander';
import { ROLES, type Role } from '../../schemas/user.ts';
import { changeUser } from '../../src/accounts/change-user.ts';
import { addUser, inventPassword, revokeTokens, setPassword } from '../../src/accounts/manage-users.ts';
import { sendInvitation } from '../../src/accounts/send-link.ts';
import { viewUser, type User } from '../../src/accounts/user.ts';
import type { AccountStore, StoredUser } from '../../src/ports.ts';
import { printAnswer } from './answer.ts';
import { BY_COMMAND } from './by-command.ts';
import { addAuditCommand } from './user-audit.ts';
import { withGateway } from './with-gateway.ts';

interface Options {
  readonly json?: boolean;
  readonly role: Role;
  readonly email?: string;
  readonly passwordStdin?: boolean;
}

/** The password on standard input, or a new one that is then shown. */
async function choosePassword(
  fromStdin: boolean | undefined,
): Promise<{ password: string; shown: { password?: string } }> {
  if (!fromStdin) {
    const password = inventPassword();
    return { password, shown: { password } };
  }
  // Shells and editors end a line; a password does not end so.
  return { password: (await text(process.stdin)).replace(/\r?\n$/, ''), shown: {} };
}

export function addUserCommand(program: Command): void {
  const user = program.command('user').description('manage the users');
  const role = new Option('--role <role>', 'what the user may do').choices(ROLES);

  user
    .command('add <user_id>')
    .description('add a user; prints its password unless one is given')
    .addOption(role.default('user'))
    .option('--email <address>', 'where a link goes that sets a new password')
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'answer in JSON')
    .action(async (userId: string, options: Options) => {
      const { password, shown } = await choosePassword(options.passwordStdin);
      const { role, email } = options;
      await withGateway(({ ports }) => addUser(ports, { userId, role, email, password }, BY_COMMAND));
      const answer = { user_id: userId, role, ...(email !== undefined && { email }), ...shown };
      printAnswer(options.json, answer, [`added ${userId} (${options.role})`, ...passwordLine(shown)]);
    });

  user
    .command('list')
    .description('list the users')
    .option('--json', 'answer in JSON')
    .action(async ({ json }: Options) => {
      const users = (await withGateway(({ ports }) => allUsers(ports.accounts))).map(viewUser);
      const lines = users.map((each) =>
        [each.userId, each.role, each.status, each.email ?? ''].join('\t').trimEnd(),
      );
      printAnswer(json, { users: users.map(shownUser) }, lines);
    });

  user
    .command('passwd <user_id>')
    .description('set a new password and end all sessions of the user')
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'answer in JSON')
    .action(async (userId: string, options: Options) => {
      const { password, shown } = await choosePassword(options.passwordStdin);
      await withGateway(({ ports }) => setPassword(ports, userId, password, BY_COMMAND));
      printAnswer(options.json, { user_id: userId, ...shown }, [
        `changed the password of ${userId}`,
        ...passwordLine(shown),
      ]);
    });

  user
    .command('role <user_id> <role>')
    .description(`set what a user may do: ${ROLES.join(', ')}`)
    .option('--json', 'answer in JSON')
    .action(async (userId: string, given: string, { json }: Options) => {
      const chosen = ROLES.find((each) => each === given);
      if (!chosen) throw new Error(`the role must be one of ${ROLES.join(', ')}`);
      await withGateway(({ ports }) => changeUser(ports, userId, { role: chosen }, BY_COMMAND));
      printAnswer(json, { user_id: userId, role: chosen }, [`${userId} is ${chosen} now`]);
    });

  user
    .command('email <user_id> <address>')
    .description('set where a link goes that sets a new password')
    .option('--json', 'answer in JSON')
    .action(async (userId: string, email: string, { json }: Options) => {
      await withGateway(async ({ ports }) => {
        const { invitation } = await changeUser(ports, userId, { email }, BY_COMMAND);
        sendInvitation(ports.outbox, email, invitation, 'zh');
      });
      printAnswer(json, { user_id: userId, email }, [`the address of ${userId} is ${email} now`]);
    });

  user
    .command('revoke <user_id>')
    .description('end all sessions of a user')
    .option('--json', 'answer in JSON')
    .action(async (userId: string, { json }: Options) => {
      await withGateway(({ ports }) => revokeTokens(ports, userId, BY_COMMAND));
      printAnswer(json, { user_id: userId }, [`ended all sessions of ${userId}`]);
    });

  addAuditCommand(user);

  for (const active of [true, false]) {
    user
      .command(`${active ? 'activate' : 'deactivate'} <user_id>`)
      .description(active ? 'let a user in again' : 'keep a user out; its credentials end at once')
      .option('--json', 'answer in JSON')
      .action(async (userId: string, { json }: Options) => {
        await withGateway(({ ports }) => changeUser(ports, userId, { active }, BY_COMMAND));
        printAnswer(json, { user_id: userId, active }, [
          `${userId} is ${active ? 'active' : 'inactive'} now`,
        ]);
      });
  }
}

/** So many users are read at once. */
const PAGE = 500;

async function allUsers(accounts: AccountStore): Promise<StoredUser[]> {
  const users: StoredUser[] = [];
  for (;;) {
    const page = await accounts.listUsers({}, { offset: 0, limit: PAGE, after: users.at(-1)?.userId });
    users.push(...page);
    if (page.length < PAGE) return users;
  }
}

function shownUser({ userId, role, status, email, createTime, lastLoginTime }: User): object {
  return {
    user_id: userId,
    role,
    active: status === 'active',
    ...(email !== undefined && { email }),
    create_time: new Date(createTime).toISOString(),
    ...(lastLoginTime !== undefined && { last_login_time: new Date(lastLoginTime).toISOString() }),
  };
}

function passwordLine({ password }: { password?: string }): string[] {
  return password === undefined ? [] : [`password: ${password}   (shown this once)`];
}
