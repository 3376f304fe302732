import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { access, chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { CALLS_ALWAYS } from '../../adapters/http/call-limit.ts';
import { readConfig, settings, type Config } from '../../bin/config.ts';
import { findProgram } from '../support/find-program.ts';
import { temporaryFolder } from '../support/folder.ts';
import { freePort } from '../support/free-port.ts';
import { followSteps, readSteps, startInImage } from '../support/image-steps.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
/** What an end takes beside the settings of the drain, in s; see bin/serve.ts. */
const REST_OF_END = 5;

/** Any YAML, strictly: nothing stands twice, nothing is unknown. */
// oxlint-disable-next-line typescript/no-explicit-any -- documents of every form
function parseStrictly(path: string): any {
  const documents = parseAllDocuments(read(path), { strict: true, uniqueKeys: true, merge: false });
  assert.ok(Array.isArray(documents) && documents.length === 1, path);
  const [document] = documents;
  assert.deepEqual([document?.errors, document?.warnings], [[], []], path);
  return document?.toJS();
}

/** Values that a secret is given by its place of deployment. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'mysql://jobgate:password@mysql:3306/jobgate',
  REDIS_URL: 'redis://redis:6379',
  KEY_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
  BOOTSTRAP_ADMIN_PASSWORD: 'a long password',
};

/** Reads an environment as the program does; what stands for a secret has a value of its kind. */
function configOf(environment: Readonly<Record<string, string | undefined>>): Config {
  const known = new Map(Object.values(settings).map(({ name, secret }) => [name, secret === true]));
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (name === 'NODE_ENV') continue;
    const setting = name.replace(/_FILE$/, '');
    assert.ok(known.has(setting), `${name} is no setting`);
    if (setting !== name) assert.ok(known.get(setting), `${setting} may not come from a file`);
    const given = setting === name ? value : undefined;
    values[setting] = given ?? SECRETS[setting] ?? assert.fail(`${name} has no value`);
  }
  return readConfig(values);
}

function assertTimeToEnd(config: Config, seconds: number): void {
  assert.ok(seconds * 1000 >= config.drainDelay + config.drainTimeout + REST_OF_END * 1000);
}

/** Longer than nginx keeps an idle connection: else one may be closed that a call is just sent on. */
function assertOutlivesProxy(config: Config): void {
  const [, kept] = /^keepalive_timeout (\d+)s;$/m.exec(read('deploy/nginx/jobgate/upstream.conf')) ?? [];
  assert.ok(config.drainIdle > Number(kept) * 1000);
}

describe('the image', () => {
  it('is built from files that reach the engine, and runs as a user without rights, read-only', async () => {
    await using folder = await temporaryFolder();
    const image = await followSteps(folder.path);
    assert.equal(image.user, 'node');
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { dev?: true }>;
    };
    const dev = Object.keys(packages).filter((path) => packages[path]?.dev);
    assert.ok(dev.length > 20);
    assert.deepEqual(
      dev.filter((path) => existsSync(join(image.app, path))),
      [],
    );
    assert.deepEqual(readdirSync(image.app).toSorted(), ['LICENSE', 'dist', 'node_modules', 'package.json']);

    const data = join(folder.path, 'data');
    await mkdir(data);
    if (process.getuid?.() === 0) await chown(data, 65_534, 65_534);
    await chmod(data, 0o700);
    const port = String(await freePort());
    const environment = { DATA_DIR: data, PORT: port, BOOTSTRAP_ADMIN_PASSWORD: 'a long password' };
    const checkHealth = async (): Promise<number | null> => {
      const [code] = (await once(startInImage(image, image.healthCheck, environment), 'close')) as [number];
      return code;
    };
    assert.equal(await checkHealth(), 1);
    const serving = startInImage(image, image.command, environment);
    let output = '';
    try {
      for await (const chunk of serving.stdout) {
        output += String(chunk);
        if (output.includes('"msg":"ready"')) break;
      }
      assert.match(output, /"msg":"ready"/);
      assert.equal(await checkHealth(), 0);
      assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
      await access(join(data, 'jobgate.db')).catch(() => assert.ok(readdirSync(data).length > 0));
    } finally {
      const closed = once(serving, 'exit');
      serving.kill('SIGTERM');
      assert.deepEqual((await closed)[0], 0);
    }
  });

  it('tells only settings of the program, and listens to all addresses', async () => {
    const variables = (await readSteps()).filter(({ word }) => word === 'ENV');
    const environment = Object.fromEntries(
      variables.flatMap(({ rest }) => rest.split(' ').map((pair) => pair.split('=') as [string, string])),
    );
    const config = configOf(environment);
    assert.deepEqual([config.host, environment.NODE_ENV], ['0.0.0.0', 'production']);
    const exposed = (await readSteps()).find(({ word }) => word === 'EXPOSE');
    assert.equal(Number(exposed?.rest), config.port);
  });
});

describe('deploy/compose.yaml', () => {
  const compose = parseStrictly('deploy/compose.yaml');
  const gateways = ['gateway-1', 'gateway-2'];
  const site = (name: string): string => read(`deploy/compose/site/${name}.conf`);

  it('knows only what is defined in it', () => {
    for (const [name, service] of Object.entries<Record<string, unknown>>(compose.services)) {
      for (const [list, defined] of [
        ['networks', compose.networks],
        ['secrets', compose.secrets],
      ] as const) {
        for (const used of (service[list] ?? []) as string[]) assert.ok(used in defined, `${name}: ${used}`);
      }
      for (const other of [service.depends_on ?? []].flat().flatMap((each) => namesIn(each))) {
        assert.ok(other in compose.services, `${name}: ${other}`);
      }
      for (const volume of (service.volumes ?? []) as string[]) {
        const [source = ''] = volume.split(':');
        const made = source.startsWith('./compose/tls');
        assert.ok(made || source in compose.volumes || existsSync(join(ROOT, 'deploy', source)), source);
      }
    }
  });

  it('sets only settings of the program, with values that it takes', () => {
    for (const name of gateways) {
      const service = compose.services[name];
      const config = configOf({ HOST: '0.0.0.0', ...service.environment });
      assert.equal(config.adminPort, 9090);
      assertTimeToEnd(config, Number.parseInt(service.stop_grace_period, 10));
      assertOutlivesProxy(config);
      assert.equal(service.read_only, true);
      for (const [setting, file] of Object.entries<string>(service.environment)) {
        if (!setting.endsWith('_FILE')) continue;
        assert.ok(service.secrets.includes(file.replace('/run/secrets/', '')), setting);
      }
    }
  });

  it('has a Redis that drops no key by itself, and shows neither it nor MySQL outside', () => {
    const { redis, mysql, nginx } = compose.services;
    assert.ok(redis.command.join(' ').includes('--maxmemory-policy noeviction'));
    for (const service of [redis, mysql, ...gateways.map((name) => compose.services[name])]) {
      assert.deepEqual([service.ports, service.networks], [undefined, ['inside']]);
    }
    assert.equal(compose.networks.inside.internal, true);
    assert.deepEqual(nginx.ports, ['443:443']);
    assert.match(mysql.image, /^mysql:8\.4$/);
  });

  it('leads nginx to all its gateways, on the port that they have, with a site that nginx takes', async () => {
    const named = [...site('instances').matchAll(/^ *server ([\w-]+):(\d+) max_fails=0 max_conns=(\d+);$/gm)];
    assert.deepEqual(
      named.map(([, name, port, calls]) => [name, Number(port), Number(calls)]),
      gateways.map((name) => [name, settings.port.absent, CALLS_ALWAYS]),
    );
    const { ensureServers } = await import('../support/install-servers.ts');
    const { testSite } = await import('../support/nginx.ts');
    await ensureServers({ nginx: true });
    await using folder = await temporaryFolder();
    // The names of the containers and of the image's user mean nothing here.
    await testSite(folder.path, (name) =>
      site(name)
        .replaceAll(/gateway-\d/g, '127.0.0.1')
        .replace('user nginx;', '')
        .replace('/var/log/nginx', folder.path),
    );
  });
});

function namesIn(dependency: unknown): string[] {
  return typeof dependency === 'string' ? [dependency] : Object.keys(dependency as object);
}

describe('deploy/kubernetes', () => {
  const folder = 'deploy/kubernetes';
  const { resources } = parseStrictly(`${folder}/kustomization.yaml`) as { resources: string[] };
  const manifests = Object.fromEntries(resources.map((file) => [file, parseStrictly(`${folder}/${file}`)]));
  const deployment = manifests['deployment.yaml'];
  const pod = deployment.spec.template.spec;
  const [container] = pod.containers;

  it('names all its files, each of a kind and version that there is', () => {
    const files = readdirSync(join(ROOT, folder)).filter((file) => file !== 'kustomization.yaml');
    assert.deepEqual(resources.toSorted(), files.toSorted());
    assert.deepEqual(
      Object.values(manifests)
        .map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)
        .toSorted(),
      [
        'apps/v1 Deployment',
        'autoscaling/v2 HorizontalPodAutoscaler',
        'policy/v1 PodDisruptionBudget',
        'v1 Service',
      ],
    );
  });

  it('sets only settings of the program, with values that it takes, and secrets by reference', () => {
    const environment = Object.fromEntries(
      (container.env as { name: string; value?: string; valueFrom?: { secretKeyRef: object } }[]).map(
        ({ name, value, valueFrom }) => {
          const secret = Object.values(settings).find((each) => each.name === name)?.secret === true;
          assert.equal(valueFrom?.secretKeyRef !== undefined, secret, name);
          return [name, value];
        },
      ),
    );
    const config = configOf(environment);
    const ports = Object.fromEntries(
      container.ports.map((port: { name: string; containerPort: number }) => [port.name, port.containerPort]),
    );
    assert.deepEqual(ports, { http: config.port, admin: config.adminPort });
    assertTimeToEnd(config, pod.terminationGracePeriodSeconds);
    assertOutlivesProxy(config);
    // Unready must be seen before connections are refused.
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    assert.ok(config.drainDelay >= periodSeconds * failureThreshold * 1000);
  });

  it('asks the right port for health, and shows only the other one', () => {
    for (const [probe, path] of [
      ['startupProbe', '/healthz'],
      ['livenessProbe', '/healthz'],
      ['readinessProbe', '/readyz'],
    ]) {
      assert.deepEqual(container[String(probe)].httpGet, { path, port: 'admin' });
    }
    assert.deepEqual(
      manifests['service.yaml'].spec.ports.map(({ targetPort }: { targetPort: string }) => targetPort),
      ['http'],
    );
  });

  it('selects the same pods everywhere, keeps one running at least, and gives them no rights', () => {
    const labels = deployment.spec.template.metadata.labels;
    assert.deepEqual(deployment.spec.selector.matchLabels, labels);
    assert.deepEqual(manifests['service.yaml'].spec.selector, labels);
    assert.deepEqual(manifests['disruption-budget.yaml'].spec.selector.matchLabels, labels);
    const { scaleTargetRef, minReplicas } = manifests['autoscaler.yaml'].spec;
    assert.deepEqual([scaleTargetRef.kind, scaleTargetRef.name], ['Deployment', deployment.metadata.name]);
    assert.ok(minReplicas > manifests['disruption-budget.yaml'].spec.maxUnavailable);
    assert.equal(deployment.spec.strategy.rollingUpdate.maxUnavailable, 0);
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.equal(container.securityContext.readOnlyRootFilesystem, true);
    assert.equal(container.securityContext.allowPrivilegeEscalation, false);
    assert.ok(container.resources.requests && container.resources.limits.memory);
  });
});

describe('deploy/systemd', () => {
  const unit = read('deploy/systemd/jobgate@.service');
  const valuesOf = (name: string): string[] =>
    [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
  const pairs = (lines: readonly string[]) =>
    Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );

  it('sets only settings of the program, with values that it takes', () => {
    const shared = read('deploy/systemd/jobgate.env')
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line));
    const own = valuesOf('Environment').map((value) => value.replace('%i', '8081'));
    const config = configOf(pairs([...shared, ...own]));
    assert.deepEqual([config.port, config.adminPort], [8081, 18_081]);
    assertTimeToEnd(config, Number(valuesOf('TimeoutStopSec')[0]));
    assertOutlivesProxy(config);
  });

  it('starts the program as the image does', async () => {
    const command = (await readSteps()).find(({ word }) => word === 'CMD');
    assert.deepEqual(valuesOf('ExecStart'), [
      ['/usr/bin/env', ...(JSON.parse(command?.rest ?? '[]') as string[])].join(' '),
    ]);
  });

  const analyze = findProgram('systemd-analyze');
  it('is a unit that systemd takes', { skip: analyze === undefined }, async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'jobgate@8081.service');
    await writeFile(file, unit);
    const { stderr } = await promisify(execFile)(String(analyze), ['verify', file]);
    assert.ok(!stderr.includes('jobgate'), stderr);
  });
});
