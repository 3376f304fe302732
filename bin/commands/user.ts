import { text } from 'node:stream/consumers';
import { Option, type Command } from 'commander';
import { ROLES, type Role } from '../../schemas/user.ts';
import { addUser, changeUser, inventPassword, setPassword } from '../../src/accounts/manage-users.ts';
import { printAnswer } from './answer.ts';
import { withGateway } from './with-gateway.ts';

interface Options {
  readonly json?: boolean;
  readonly role: Role;
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
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'answer in JSON')
    .action(async (userId: string, options: Options) => {
      const { password, shown } = await choosePassword(options.passwordStdin);
      await withGateway(({ ports }) => addUser(ports, userId, options.role, password));
      const answer = { user_id: userId, role: options.role, ...shown };
      printAnswer(options.json, answer, [`added ${userId} (${options.role})`, ...passwordLine(shown)]);
    });

  user
    .command('list')
    .description('list the users')
    .option('--json', 'answer in JSON')
    .action(async ({ json }: Options) => {
      const users = await withGateway(({ ports }) => ports.accounts.listUsers());
      const answer = users.map(({ userId, role: its, active, createTime }) => ({
        user_id: userId,
        role: its,
        active,
        create_time: new Date(createTime).toISOString(),
      }));
      const lines = answer.map(
        (each) => `${each.user_id}\t${each.role}\t${each.active ? 'active' : 'inactive'}`,
      );
      printAnswer(json, { users: answer }, lines);
    });

  user
    .command('passwd <user_id>')
    .description('set a new password and end all sessions of the user')
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'answer in JSON')
    .action(async (userId: string, options: Options) => {
      const { password, shown } = await choosePassword(options.passwordStdin);
      await withGateway(({ ports }) => setPassword(ports, userId, password));
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
      await withGateway(({ ports }) => changeUser(ports, userId, { role: chosen }));
      printAnswer(json, { user_id: userId, role: chosen }, [`${userId} is ${chosen} now`]);
    });

  for (const active of [true, false]) {
    user
      .command(`${active ? 'activate' : 'deactivate'} <user_id>`)
      .description(active ? 'let a user in again' : 'keep a user out; its credentials end at once')
      .option('--json', 'answer in JSON')
      .action(async (userId: string, { json }: Options) => {
        await withGateway(({ ports }) => changeUser(ports, userId, { active }));
        printAnswer(json, { user_id: userId, active }, [
          `${userId} is ${active ? 'active' : 'inactive'} now`,
        ]);
      });
  }
}

function passwordLine({ password }: { password?: string }): string[] {
  return password === undefined ? [] : [`password: ${password}   (shown this once)`];
}
