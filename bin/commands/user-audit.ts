import { InvalidArgumentError, type Command } from 'commander';
import type { NumberedAuditEntry } from '../../src/ports.ts';
import { printAnswer } from './answer.ts';
import { withGateway } from './with-gateway.ts';

interface Options {
  readonly json?: boolean;
  readonly limit: number;
  readonly before?: number;
}

export function addAuditCommand(user: Command): void {
  user
    .command('audit [user_id]')
    .description('show who changed users, passwords, tokens and access keys, the newest change first')
    .option('--limit <count>', 'how many changes to show', positive, 100)
    .option('--before <number>', 'go on below the last number that was shown', positive)
    .option('--json', 'answer in JSON')
    .action(async (about: string | undefined, { json, limit, before }: Options) => {
      const entries = await withGateway(({ ports }) => ports.accounts.listAudit({ about, before, limit }));
      printAnswer(json, { changes: entries.map(shown) }, entries.map(line));
    });
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

function shown(entry: NumberedAuditEntry): object {
  return {
    number: entry.number,
    time: new Date(entry.time).toISOString(),
    who: entry.userId,
    operation: entry.operation,
    user_id: entry.about,
    ...(entry.accessKeyId !== undefined && { access_key_id: entry.accessKeyId }),
    fields: entry.fields,
    address: entry.address,
    request_id: entry.requestId,
  };
}

function line({
  number,
  time,
  userId,
  operation,
  about,
  accessKeyId,
  fields,
  ...from
}: NumberedAuditEntry): string {
  const what = [accessKeyId, ...fields].filter((word) => word !== undefined).join(' ');
  const when = new Date(time).toISOString();
  return [number, when, userId, operation, about, what, from.address, from.requestId].join('\t');
}
