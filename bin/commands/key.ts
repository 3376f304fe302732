import type { Command } from 'commander';
import { CreateAccessKeyInput } from '../../schemas/create-access-key.ts';
import { secretContext, type StoredAccessKey } from '../../src/accounts/access-key.ts';
import { addKey, changeKey, removeKeys, requireSecretBox } from '../../src/accounts/manage-keys.ts';
import { Refusal } from '../../src/errors.ts';
import { judgeInput } from '../../src/gateway/validate.ts';
import type { Ports } from '../../src/ports.ts';
import { printAnswer } from './answer.ts';
import { BY_COMMAND } from './by-command.ts';
import { withGateway } from './with-gateway.ts';

interface Options {
  readonly json?: boolean;
  readonly name?: string;
}

const ofAnyone = (): boolean => true;

export function addKeyCommand(program: Command): void {
  const key = program.command('key').description('manage the access keys that calls are signed with');

  key
    .command('add <user_id>')
    .description('make an access key; its secret is shown this once')
    .option('--name <name>', 'what to call it')
    .option('--json', 'answer in JSON')
    .action(async (userId: string, { json, name }: Options) => {
      const input = name === undefined ? {} : { accessKeyName: name };
      const refusal = judgeInput(CreateAccessKeyInput, input, []);
      if (refusal) throw refusal;
      const { accessKeyId, secret } = await withGateway(({ ports }) =>
        addKey(ports, BY_COMMAND, { owner: userId, ...input }),
      );
      printAnswer(json, { access_key_id: accessKeyId, secret_access_key: secret }, [
        `access_key_id:     ${accessKeyId}`,
        `secret_access_key: ${secret}   (shown this once)`,
      ]);
    });

  key
    .command('list [user_id]')
    .description('list the access keys of a user, or of all')
    .option('--json', 'answer in JSON')
    .action(async (userId: string | undefined, { json }: Options) => {
      const keys = await withGateway(async ({ ports: { accounts } }) => {
        if (userId !== undefined && !(await accounts.findUser(userId))) throw new Refusal('user_not_found');
        return accounts.listKeys(userId);
      });
      const lines = keys.map((each) =>
        [each.accessKeyId, each.owner, each.status, shownTime(each.lastUsedTime), each.accessKeyName].join(
          '\t',
        ),
      );
      printAnswer(json, { access_keys: keys.map(shown) }, lines);
    });

  key
    .command('remove <access_key_id>')
    .description('remove an access key; what is signed with it is refused at once')
    .option('--json', 'answer in JSON')
    .action(async (accessKeyId: string, { json }: Options) => {
      await withGateway(({ ports }) => removeKeys(ports, [accessKeyId], ofAnyone, BY_COMMAND));
      printAnswer(json, { access_key_id: accessKeyId }, [`removed ${accessKeyId}`]);
    });

  for (const status of ['disabled', 'active'] as const) {
    const active = status === 'active';
    key
      .command(`${active ? 'enable' : 'disable'} <access_key_id>`)
      .description(active ? 'let an access key sign calls again' : 'keep an access key from signing calls')
      .option('--json', 'answer in JSON')
      .action(async (accessKeyId: string, { json }: Options) => {
        await withGateway(({ ports }) => changeKey(ports, accessKeyId, { status }, ofAnyone, BY_COMMAND));
        printAnswer(json, { access_key_id: accessKeyId, status }, [`${accessKeyId} is ${status} now`]);
      });
  }

  key
    .command('rotate')
    .description('encrypt every secret with the newest key of KEY_ENCRYPTION_KEY')
    .option('--json', 'answer in JSON')
    .action(async ({ json }: Options) => {
      const { resealed, lost } = await withGateway(({ ports }) => resealAll(ports));
      printAnswer(json, { resealed, lost }, [
        `${resealed} secrets encrypted with the newest key`,
        ...lost.map(
          (id) => `${id} opens with no key of KEY_ENCRYPTION_KEY: remove it, or bring the key back`,
        ),
      ]);
      if (lost.length > 0) process.exitCode = 1;
    });
}

/** Seals each secret anew that an older key sealed. May be repeated without effect. */
async function resealAll(ports: Ports): Promise<{ resealed: number; lost: string[] }> {
  const secretBox = requireSecretBox(ports);
  const lost: string[] = [];
  let resealed = 0;
  for (const { accessKeyId, owner, sealedSecret } of await ports.accounts.listKeys()) {
    if (secretBox.isPresent(sealedSecret)) continue;
    const context = secretContext(accessKeyId, owner);
    const secret = secretBox.open(sealedSecret, context);
    if (secret === undefined) lost.push(accessKeyId);
    else if (await ports.accounts.resealKey(accessKeyId, sealedSecret, secretBox.seal(secret, context)))
      resealed++;
  }
  return { resealed, lost };
}

function shown(key: StoredAccessKey): object {
  return {
    access_key_id: key.accessKeyId,
    access_key_name: key.accessKeyName,
    owner: key.owner,
    status: key.status,
    create_time: shownTime(key.createTime),
    ...(key.lastUsedTime !== undefined && { last_used_time: shownTime(key.lastUsedTime) }),
  };
}

function shownTime(time: number | undefined): string {
  return time === undefined ? 'never used' : new Date(time).toISOString();
}
