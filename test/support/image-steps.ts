import { execFile, spawn } from 'node:child_process';
import { chmod, cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One line of a Dockerfile. */
interface Step {
  readonly word: string;
  readonly rest: string;
}

/** What the last stage of a Dockerfile leaves: its files, and how it is run. */
export interface Image {
  /** The folder that stands for `/app`. */
  readonly app: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

/** The steps of the project's own Dockerfile, each in one line, without comments. */
export async function readSteps(): Promise<Step[]> {
  const text = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  return text
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ word: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
}

/**
 * Carries out the steps of the Dockerfile without an engine: each stage in a folder of its own, with the Node that runs
 * this. Of what is run, only npm is; the rest is about users that only an image has.
 * @throws Error for a step that it does not know, or that fails
 */
export async function followSteps(folder: string): Promise<Image> {
  const ignored = await ignoredByContext();
  let stage = '';
  let app = '';
  let image: Image | undefined;
  for (const { word, rest } of await readSteps()) {
    switch (word) {
      case 'FROM':
        stage = / AS (\w+)$/.exec(rest)?.[1] ?? 'image';
        app = join(folder, stage);
        await mkdir(app);
        image = { app, environment: {}, user: 'root', command: [], healthCheck: [] };
        break;
      case 'COPY': {
        const [, from, words = ''] = /^(?:--from=(\w+) )?(.*)$/.exec(rest) ?? [];
        const names = words.split(' ');
        const target = names.pop() ?? '';
        for (const name of names) {
          if (from === undefined && ignored(name)) throw new Error(`${name} does not reach the engine`);
          const source =
            from === undefined ? join(ROOT, name) : join(folder, from, name.replace('/app/', ''));
          const place = target === './' ? join(app, name) : join(app, target);
          await mkdir(dirname(place), { recursive: true });
          await cp(source, place, { recursive: true });
        }
        break;
      }
      case 'RUN':
        if (rest.startsWith('npm ')) await promisify(execFile)('sh', ['-c', rest], { cwd: app });
        break;
      case 'ENV':
        for (const [, name = '', value = ''] of rest.matchAll(/(\w+)=(\S+)/g)) {
          image = { ...image!, environment: { ...image!.environment, [name]: value } };
        }
        break;
      case 'USER':
        image = { ...image!, user: rest };
        break;
      case 'CMD':
        image = { ...image!, command: JSON.parse(rest) as string[] };
        break;
      case 'HEALTHCHECK':
        image = { ...image!, healthCheck: JSON.parse(rest.slice(rest.indexOf('['))) as string[] };
        break;
      case 'WORKDIR':
        if (rest !== '/app') throw new Error(`only /app is known here, not ${rest}`);
        break;
      case 'VOLUME':
      case 'EXPOSE':
      case 'STOPSIGNAL':
        break;
      default:
        throw new Error(`a step that is not known here: ${word} ${rest}`);
    }
  }
  await promisify(execFile)('chmod', ['-R', 'a-w,a+rX', image!.app]);
  await chmod(folder, 0o755);
  return image!;
}

/** What .dockerignore keeps from the engine: everything but what it names with `!`. */
async function ignoredByContext(): Promise<(name: string) => boolean> {
  const lines = (await readFile(join(ROOT, '.dockerignore'), 'utf8')).split('\n');
  if (!lines.includes('*')) throw new Error('.dockerignore lets more through than it names');
  const kept = new Set(lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1)));
  return (name) => !kept.has(name);
}

/** Starts a command of the image as a user without rights, where this process may do that. */
export function startInImage(image: Image, command: readonly string[], environment: NodeJS.ProcessEnv) {
  const [program = '', ...parameters] = command;
  if (program !== 'node') throw new Error(`the image runs ${program}`);
  const nobody = { uid: 65_534, gid: 65_534 };
  return spawn(process.execPath, parameters, {
    cwd: image.app,
    env: { ...image.environment, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(process.getuid?.() === 0 && nobody),
  });
}
