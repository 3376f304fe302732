import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CALLS_ALWAYS } from '../../adapters/http/call-limit.ts';
import { makeCertificate } from './certificate.ts';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { type PrivateServer, type ServerIdentity, startPrivateServer } from './private-server.ts';

const SHIPPED = fileURLToPath(new URL('../../deploy/nginx', import.meta.url));

/** The path of nginx, or undefined when it is not installed. */
export function findNginx(): string | undefined {
  return findProgram('nginx');
}

/** An nginx of the tests' own that runs the shipped configuration. */
export interface Nginx extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`, in front of the gateways. */
  readonly base: string;
  /** `https://127.0.0.1:PORT`, in front of the program that only users of the gateways reach. */
  readonly protectedBase: string;
  /** The certificate, in PEM, which clients must be told to trust. */
  readonly certificate: string;
  /** Whether gateways are behind it. */
  readonly judged: boolean;
  /** What it logged of each request so far, parsed. */
  requests(): Promise<Record<string, unknown>[]>;
  /** What it complained of so far. */
  complaints(): Promise<string>;
}

/** What differs from site to site. */
export interface NginxSite {
  /** Ports of the gateways on 127.0.0.1. */
  readonly instances: readonly number[];
  /** What listens there is no gateway. */
  readonly standIns?: true;
  /** The port on 127.0.0.1 of a program that is protected. */
  readonly protects?: number;
  /** How many calls each gateway is given at once; as many as in the shipped file where it is not said. */
  readonly callsEach?: number;
  /** Without TLS, and a log that is written now and then: for who measures something else. */
  readonly plain?: true;
  /** How many calls an address may make, such as `5r/m`; as good as any number where it is not given. */
  readonly rate?: string;
}

/**
 * Starts nginx with the configuration of `deploy/nginx`, of which only the files in `site/` are written anew: ports,
 * folders, a certificate. It tests the configuration first.
 * @throws Error where nginx is not installed or refuses the configuration
 */
export async function startNginx(site: NginxSite): Promise<Nginx> {
  const program = findNginx();
  if (!program) throw new Error('nginx is not installed');
  const protectedPort = await freePort();
  const scheme = site.plain ? 'http' : 'https';
  let home = '';
  let certificate = '';
  const flags = (folder: string): string[] => [
    '-p',
    folder,
    '-c',
    join(folder, 'nginx.conf'),
    '-e',
    'stderr',
  ];
  const server: PrivateServer = await startPrivateServer({
    name: 'nginx',
    parent: undefined,
    port: undefined,
    async prepare(folder) {
      home = folder;
      await cp(SHIPPED, folder, { recursive: true });
      certificate = await makeCertificate(join(folder, 'tls'));
    },
    async beforeStart(folder, port, run) {
      await writeSite(folder, site, port, protectedPort);
      await run(program, [...flags(folder), '-t', '-q']);
    },
    command: (folder) => ({ program, args: [...flags(folder), '-g', 'daemon off;'] }),
    url: (port) => `${scheme}://127.0.0.1:${port}`,
    identify: (url) => identify(url, program, certificate),
  });
  const read = (file: string): Promise<string> => readFile(join(home, file), 'utf8');
  return {
    base: server.url,
    protectedBase: `https://127.0.0.1:${protectedPort}`,
    certificate,
    judged: !site.standIns,
    async requests() {
      const lines = (await read('access.log')).split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    complaints: () => read('output.log'),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** The files that are written for each site. */
const SITE_FILES = ['process', 'http', 'instances', 'listen', 'servers'] as const;

/**
 * Tests the shipped configuration with a site, and a certificate made for it.
 * @param siteFile the content of a file in `site/`
 * @throws Error with what nginx says against it
 */
export async function testSite(
  folder: string,
  siteFile: (name: (typeof SITE_FILES)[number], shipped: string) => string,
): Promise<void> {
  const program = findNginx();
  if (!program) throw new Error('nginx is not installed');
  await cp(SHIPPED, folder, { recursive: true });
  await makeCertificate(join(folder, 'tls'));
  for (const name of SITE_FILES) {
    const file = join(folder, 'site', `${name}.conf`);
    await writeFile(file, siteFile(name, await readFile(file, 'utf8')));
  }
  const { stderr } = await promisify(execFile)(program, [
    '-p',
    folder,
    '-c',
    join(folder, 'nginx.conf'),
    '-t',
    '-q',
  ]);
  if (stderr !== '') throw new Error(stderr);
}

async function writeSite(
  folder: string,
  site: NginxSite,
  port: number,
  protectedPort: number,
): Promise<void> {
  const write = (name: string, ...lines: string[]): Promise<void> =>
    writeFile(join(folder, 'site', name), `${lines.join('\n')}\n`);
  const listen = (at: number): string[] => [
    `listen 127.0.0.1:${at} ${site.plain ? 'backlog=4096' : 'ssl http2'};`,
    'server_name jobgate.test;',
    'ssl_certificate tls/fullchain.pem;',
    'ssl_certificate_key tls/key.pem;',
  ];
  const { callsEach = CALLS_ALWAYS } = site;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(folder, 'temporary', kind)};`,
  );
  await mkdir(join(folder, 'temporary'), { recursive: true });
  await write(
    'process.conf',
    // Where root starts it, its workers must be let into the folder.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'worker_processes 2;',
    `pid ${join(folder, 'nginx.pid')};`,
    'error_log stderr;',
  );
  await write(
    'http.conf',
    ...temporary,
    `access_log ${join(folder, 'access.log')} jobgate${site.plain ? ' buffer=64k flush=1s' : ''};`,
    `limit_req_zone $binary_remote_addr zone=jobgate_calls:1m rate=${site.rate ?? '100000r/s'};`,
    `limit_req zone=jobgate_calls burst=${site.rate ? 4 : 10_000} nodelay;`,
    'client_max_body_size 1m;',
  );
  await write(
    'instances.conf',
    'upstream jobgate {',
    'zone jobgate 128k;',
    ...site.instances.map((instance) => `server 127.0.0.1:${instance} max_fails=0 max_conns=${callsEach};`),
    'include jobgate/upstream.conf;',
    '}',
  );
  await write('listen.conf', ...listen(port));
  await write('protected-listen.conf', ...listen(protectedPort));
  await write(
    'protected.conf',
    `upstream jobgate_protected { server 127.0.0.1:${site.protects ?? 9}; keepalive 4; }`,
  );
  const served = ['jobgate/gateway.conf', 'site/protected.conf', 'jobgate/protected.conf'];
  await write('servers.conf', ...served.map((file) => `include ${file};`));
}

/** Only the very nginx that was started has this certificate. */
async function identify(url: string, program: string, certificate: string): Promise<ServerIdentity> {
  await new Promise<void>((resolve, reject) => {
    const ask = url.startsWith('https:') ? request : requestPlain;
    const asked = ask(`${url}/healthz`, { ca: certificate, agent: false, timeout: 5_000 }, (answer) => {
      answer.resume();
      resolve();
    });
    asked.once('timeout', () => asked.destroy(new Error('no answer')));
    asked.once('error', reject).end();
  });
  const { stderr } = await promisify(execFile)(program, ['-v']);
  return { product: 'nginx', version: /nginx\/([\d.]+)/.exec(stderr)?.[1] ?? 'of unknown version' };
}
