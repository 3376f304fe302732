import type { Command } from 'commander';
import { Type } from '../../schemas/type.ts';
import { judgeInput } from '../../src/gateway/validate.ts';
import { exportJobs, intoFile, toStream } from '../export-jobs.ts';
import { startProgress } from '../progress.ts';
import { printAnswer } from './answer.ts';
import { withMigratedDatabase } from './with-gateway.ts';

interface Options {
  readonly output?: string;
  readonly owner?: string;
  readonly type?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  readonly withHidden?: boolean;
  readonly json?: boolean;
}

const Times = Type.Object({
  createdAfter: Type.Optional(Type.String({ format: 'date-time' })),
  createdBefore: Type.Optional(Type.String({ format: 'date-time' })),
});

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write jobs with their timelines as NDJSON, one line a job')
    .option('--output <file>', 'write to a file, which is there only once it is whole')
    .option('--owner <user_id>', 'only the jobs of one user')
    .option('--type <job_type>', 'only the jobs of one type')
    .option('--created-after <time>', 'only jobs created after this time (RFC 3339)')
    .option('--created-before <time>', 'only jobs created before this time (RFC 3339)')
    .option('--with-hidden', 'hidden jobs too')
    .option('--json', 'answer in JSON; needs --output, since lines go to standard output without it')
    .action(runExport);
}

async function runExport(options: Options): Promise<void> {
  const { output, owner, type, createdAfter, createdBefore, withHidden, json } = options;
  if (json && output === undefined) throw new Error('--json needs --output');
  const refusal = judgeInput(Times, { createdAfter, createdBefore }, []);
  if (refusal) throw refusal;
  const filter = {
    owner,
    jobType: type,
    createdAfter: createdAfter === undefined ? undefined : Date.parse(createdAfter),
    createdBefore: createdBefore === undefined ? undefined : Date.parse(createdBefore),
    withHidden,
  };
  const progress = startProgress(process.stderr, 'jobs');
  const exported = await withMigratedDatabase(({ db }) => {
    const write = (sink: ReturnType<typeof toStream>): Promise<number> =>
      exportJobs(db, filter, sink, (done) => progress.at(done));
    return output === undefined ? write(toStream(process.stdout)) : intoFile(output, write);
  }).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EPIPE') throw thrown;
    return undefined;
  });
  progress.end();
  // Whoever reads the lines has read enough.
  if (exported === undefined) return void (process.exitCode = 1);
  const told = `${exported} jobs exported`;
  if (output === undefined) process.stderr.write(`${told}\n`);
  else printAnswer(json, { exported }, [told]);
}
