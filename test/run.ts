/**
 * Runs the tests: `tsx test/run.ts [file or folder…] [option of node --test…]`. Without a file or folder it
 * runs every `*.test.ts` below test/. It builds the project, starts a private MariaDB and a private Redis,
 * or uses the servers named by TEST_DATABASE_URL and TEST_REDIS_URL, and exits with the status of the tests.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOfRun } from './support/folder.ts';
import { ensureServers } from './support/install-servers.ts';
import { EMPTY_DATA, findMariaDb, identifyMariaDb, makeEmptyData, startMariaDb } from './support/mariadb.ts';
import type { PrivateServer, ServerIdentity } from './support/private-server.ts';
import { identifyRedis, startRedis } from './support/redis.ts';
import { Watchdog } from './support/watchdog.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BROWSER_TESTS = join('test', 'browser', '');
/** What proves nothing where too little happens: it has the machine to itself, but for what only computes. */
const FIRST = new Set(
  ['checker.test.ts', join('model', 'model.test.ts')].map((name) => join('test', 'coherence', name)),
);
/** How many test files of a folder run in one process. */
const FILES_OF_PROCESS: Readonly<Record<string, number>> = {
  [join('test', 'conformance')]: 5,
  [join('test', 'contract')]: 5,
  [join('test', 'unit')]: 20,
  [join('test', 'wire')]: 6,
};
const KILL_AFTER_MS = 5_000;
const SIGNAL_STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type EndSignal = keyof typeof SIGNAL_STATUS;

/** Everything that the run writes is below it. */
const folder = await folderOfRun();
/** Where the tests note how many answers they judged by the OpenAPI document. */
const counts = join(folder, 'counts');
/** What the data of each database server begins with. */
const emptyData = join(folder, 'empty-data');
process.env['TMPDIR'] = folder;

const watchdog = new Watchdog(folder);
const servers: PrivateServer[] = [];
let endSignal: EndSignal | undefined;
let current: ChildProcess | undefined;

for (const signal of Object.keys(SIGNAL_STATUS) as EndSignal[]) {
  process.on(signal, () => {
    endSignal ??= signal;
    if (current) endGroup(current, signal);
  });
}

const startedAt = Date.now();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!endSignal) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await Promise.all(servers.map((server) => server.stop()));
  await watchdog.end();
}
if (endSignal) {
  console.error(`Interrupted by ${endSignal}`);
  process.exitCode = SIGNAL_STATUS[endSignal];
}
console.log(`Took ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);

async function main(args: string[]): Promise<number> {
  const options = args.filter((arg) => arg.startsWith('-'));
  const paths = args.filter((arg) => !arg.startsWith('-'));
  const files = testFiles(paths.length > 0 ? paths.map((path) => resolve(path)) : [join(ROOT, 'test')]);
  if (files.length === 0) throw new Error(`No test files (*.test.ts) in ${paths.join(', ') || 'test'}`);

  console.log(`Node ${process.versions.node}`);
  const built = await run('npm', ['run', '--silent', 'build'], {});
  if (built !== 0) throw new Error(`The build failed (${built})`);

  const databaseUrl = process.env['TEST_DATABASE_URL'] || undefined;
  const redisUrl = process.env['TEST_REDIS_URL'] || undefined;
  const browsing = files.some((file) => file.startsWith(BROWSER_TESTS));
  await ensureServers({ mariadb: !databaseUrl, redis: !redisUrl, chromium: browsing });
  stopIfInterrupted();
  if (findMariaDb()) {
    await makeEmptyData(emptyData);
    process.env[EMPTY_DATA] = emptyData;
  }
  const env = {
    JOBGATE_TEST_COUNTS: counts,
    TEST_DATABASE_URL: await provide('TEST_DATABASE_URL', databaseUrl, identifyMariaDb, startMariaDb),
    TEST_REDIS_URL: await provide('TEST_REDIS_URL', redisUrl, identifyRedis, startRedis),
  };
  const nodeArgs = ['--import', 'tsx', '--test', '--test-concurrency=3', '--test-reporter=spec', ...options];
  const phases = [files.filter((file) => FIRST.has(file)), files.filter((file) => !FIRST.has(file))];
  let status = 0;
  for (const phase of phases) {
    if (phase.length > 0)
      status = (await run(process.execPath, [...nodeArgs, ...together(phase)], env)) || status;
  }
  const judged = judgedAnswers();
  console.log(`${judged} answers of the REST API were judged by its OpenAPI document`);
  if (judged > 0 || paths.length > 0) return status;
  console.error('All tests ran, and none of them asked the REST API by way of test/support');
  return status || 1;
}

function judgedAnswers(): number {
  if (!existsSync(counts)) return 0;
  const lines = readFileSync(counts, 'utf8').split('\n');
  return lines.reduce((sum, line) => sum + Number(line), 0);
}

/**
 * Has small files run several in one process: to start one and load the gateway takes longer than most of their tests.
 * Those that have much to do or end processes keep one of their own.
 */
function together(files: readonly string[]): string[] {
  const alone = files.filter((file) => !(dirname(file) in FILES_OF_PROCESS));
  const shared = Object.entries(FILES_OF_PROCESS).flatMap(([place, most]) => {
    const own = files.filter((file) => dirname(file) === place);
    if (own.length === 1) return own;
    const processes = Math.ceil(own.length / most);
    return Array.from({ length: processes }, (_, index) => {
      const entry = join(folder, `${basename(place)}-${index + 1}.mjs`);
      // The slow ones stand beside each other, by name.
      const imported = own.filter((_file, number) => number % processes === index);
      writeFileSync(entry, imported.map((file) => `import ${JSON.stringify(join(ROOT, file))};\n`).join(''));
      return entry;
    });
  });
  // The longest first: at the end nothing else would run beside them.
  return [...shared, ...alone];
}

/** The files that are named, and the `*.test.ts` files below the folders that are; sorted, each once. */
function testFiles(paths: string[]): string[] {
  const files = paths.flatMap((path) => {
    const kind = statSync(path, { throwIfNoEntry: false });
    if (!kind) throw new Error(`No such file or folder: ${path}`);
    if (!kind.isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join(path, name));
  });
  return [...new Set(files.map((file) => relative(ROOT, file)))].sort();
}

/** Checks the server that is given, or starts a private one; says which, and returns its URL. */
async function provide(
  variable: string,
  givenUrl: string | undefined,
  identify: (url: string) => Promise<ServerIdentity>,
  start: () => Promise<PrivateServer>,
): Promise<string> {
  if (givenUrl !== undefined) {
    const { product, version } = await identify(givenUrl).catch((error: unknown) => {
      throw new Error(`The server in ${variable} does not answer: ${describe(error)}`);
    });
    console.log(`${product} ${version} (given by ${variable})`);
    return givenUrl;
  }
  const server = await start();
  servers.push(server);
  stopIfInterrupted();
  console.log(`${server.product} ${server.version} (private, port ${server.port})`);
  return server.url;
}

/** Runs a program in a process group of its own to the end, and returns its exit status. */
async function run(program: string, args: string[], env: Record<string, string>): Promise<number> {
  stopIfInterrupted();
  // In a group of its own, everything the tests have started can be ended with one signal. It does not get
  // Ctrl-C from the terminal then, but from this process.
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  watchdog.watch(child);
  current = child;
  try {
    return await new Promise<number>((done, fail) => {
      child.once('error', fail);
      child.once('exit', (code) => done(code ?? 1));
    });
  } finally {
    current = undefined;
    // What the program has left running would outlive the servers it uses.
    signalGroup(child, 'SIGKILL');
    stopIfInterrupted();
  }
}

function endGroup(child: ChildProcess, signal: EndSignal): void {
  signalGroup(child, signal);
  setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_AFTER_MS).unref();
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // No process of the group is left.
  }
}

function stopIfInterrupted(): void {
  if (endSignal) throw new Error(`Interrupted by ${endSignal}`);
}

function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ');
  return error instanceof Error ? error.message : String(error);
}
