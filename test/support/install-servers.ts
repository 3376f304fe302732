import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium } from './browser.ts';
import { findProgram } from './find-program.ts';
import { findMariaDb } from './mariadb.ts';
import { findNginx } from './nginx.ts';
import { findLibfaketime } from './libfaketime.ts';
import { findRedis } from './redis.ts';

/**
 * Installs packages on Debian and Ubuntu without starting their services: whoever starts one there, with or
 * without systemd, first asks /usr/sbin/policy-rc.d, and exit status 101 forbids it. The shell removes its
 * policy however it ends; should it be killed, the policy forbids nothing any more, because it asks whether
 * the shell still runs. A policy that is there already stays when it forbids starting, else it is set aside.
 * A lock makes a second installation wait for the first, and so not see its policy.
 */
const APT_SCRIPT = `
set -eu
policy=/usr/sbin/policy-rc.d
saved=$policy.before-jobgate
export DEBIAN_FRONTEND=noninteractive
exec 9>/run/lock/jobgate-install-servers
flock 9

restore() {
  if [ -n "\${ours:-}" ]; then rm -f "$policy"; fi
  if [ -e "$saved" ]; then mv -f "$saved" "$policy"; fi
}
trap restore EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# What an installation that was killed has left.
if grep -qs 'jobgate tests' "$policy"; then rm -f "$policy"; fi
if [ -e "$saved" ]; then mv -f "$saved" "$policy"; fi
status=0
if [ -x "$policy" ]; then "$policy" redis-server start >/dev/null 2>&1 || status=$?; fi
if [ "$status" -ne 101 ]; then
  if [ -e "$policy" ]; then mv "$policy" "$saved"; fi
  ours=yes
  printf '#!/bin/sh\\n# jobgate tests\\nif kill -0 %s 2>/dev/null; then exit 101; fi\\nexit 0\\n' "$$" >"$policy"
  chmod 755 "$policy"
fi

update() { apt-get -q -o DPkg::Lock::Timeout=300 update 9>&-; }
update || { echo 'apt-get update failed, trying once more' >&2; sleep 5; update; }
apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-upgrade --no-install-recommends "$@" 9>&-
`;

/** What the tests may need of the system, as its packages are called there, and how it is told apart. */
const PROGRAMS = {
  mariadb: {
    find: findMariaDb,
    variable: 'TEST_DATABASE_URL',
    packages: { debian: 'mariadb-server', fedora: 'mariadb-server', brew: 'mariadb' },
  },
  redis: {
    find: findRedis,
    variable: 'TEST_REDIS_URL',
    packages: { debian: 'redis-server', fedora: 'valkey', brew: 'redis' },
  },
  nginx: {
    find: findNginx,
    variable: undefined,
    packages: { debian: 'nginx', fedora: 'nginx', brew: 'nginx' },
  },
  libfaketime: {
    find: findLibfaketime,
    variable: undefined,
    packages: { debian: 'libfaketime', fedora: 'libfaketime', brew: 'libfaketime' },
  },
  chromium: {
    find: findChromium,
    variable: 'TEST_CHROMIUM',
    packages: { debian: 'chromium', fedora: 'chromium', brew: '--cask chromium' },
  },
  wrk: {
    find: () => findProgram('wrk'),
    variable: undefined,
    packages: { debian: 'wrk', fedora: 'wrk', brew: 'wrk' },
  },
} as const;
type ProgramName = keyof typeof PROGRAMS;

/** What a run needs of them. */
type Needed = { readonly [Name in ProgramName]?: boolean };

/**
 * Makes sure that the needed programs are installed. On Debian and Ubuntu it installs missing ones itself when run
 * by root, and says so on stderr; services are not started.
 *
 * @throws Error that says how to install what is missing, when this cannot do it or the installation fails.
 */
export async function ensureServers(needed: Needed): Promise<void> {
  const missing = (): ProgramName[] =>
    (Object.keys(PROGRAMS) as ProgramName[]).filter((name) => needed[name] && !PROGRAMS[name].find());
  const before = missing();
  if (before.length === 0) return;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) throw new Error(advice(before));
  const packages = before.map((name) => PROGRAMS[name].packages.debian);
  console.error(`Installing ${packages.join(' and ')} with apt-get; no services are started`);
  const outcome = await runApt(packages);
  const after = missing();
  if (outcome !== 0) throw new Error(`The installation failed (${outcome}). ${advice(before)}`);
  if (after.length > 0) throw new Error(`The installation brought no ${after.join(' and no ')} program`);
}

function runApt(packages: string[]): Promise<number | string> {
  return new Promise((resolve, reject) => {
    // Standard output stays free for the results of the tests.
    const child = spawn('/bin/sh', ['-c', APT_SCRIPT, 'install-servers', ...packages], {
      stdio: ['ignore', 2, 2],
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'no status'));
  });
}

function advice(missing: ProgramName[]): string {
  const packages = (of: keyof (typeof PROGRAMS)['redis']['packages']): string =>
    missing.map((name) => PROGRAMS[name].packages[of]).join(' ');
  const variables = missing.flatMap((name) => PROGRAMS[name].variable ?? []).join(' and ');
  return [
    `The tests need ${missing.join(' and ')}. Install with:`,
    `  Debian, Ubuntu: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages('debian')}`,
    `  Fedora:         sudo dnf install -y ${packages('fedora')}`,
    `  macOS:          brew install ${packages('brew')}`,
    `or set ${variables} to what the tests may use instead.`,
  ].join('\n');
}
