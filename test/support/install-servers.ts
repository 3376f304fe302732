import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findMariaDb } from './mariadb.ts';
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

/**
 * Makes sure that the programs of the needed servers are installed. On Debian and Ubuntu it installs missing
 * ones itself when run by root, and says so on stderr; their services are not started.
 *
 * @throws Error that says how to install what is missing, when this cannot do it or the installation fails.
 */
export async function ensureServers(needed: { mariadb: boolean; redis: boolean }): Promise<void> {
  const before = missing(needed);
  if (before.length === 0) return;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) throw new Error(advice(before));
  const packages = before.map((server) => `${server}-server`);
  console.error(`Installing ${packages.join(' and ')} with apt-get; the services are not started`);
  const outcome = await runApt(packages);
  const after = missing(needed);
  if (outcome !== 0) throw new Error(`The installation failed (${outcome}). ${advice(before)}`);
  if (after.length > 0) throw new Error(`The installation brought no ${after.join(' and no ')} program`);
}

type ServerName = 'mariadb' | 'redis';

function missing(needed: { mariadb: boolean; redis: boolean }): ServerName[] {
  const servers: ServerName[] = [];
  if (needed.mariadb && !findMariaDb()) servers.push('mariadb');
  if (needed.redis && !findRedis()) servers.push('redis');
  return servers;
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

function advice(servers: ServerName[]): string {
  const packages = (names: Record<ServerName, string>) => servers.map((server) => names[server]).join(' ');
  const variables = packages({ mariadb: 'TEST_DATABASE_URL', redis: 'TEST_REDIS_URL' }).replace(' ', ' and ');
  return [
    `The tests need ${packages({ mariadb: 'MariaDB', redis: 'Redis' }).replace(' ', ' and ')}. Install with:`,
    `  Debian, Ubuntu: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages({ mariadb: 'mariadb-server', redis: 'redis-server' })}`,
    `  Fedora:         sudo dnf install -y ${packages({ mariadb: 'mariadb-server', redis: 'valkey' })}`,
    `  macOS:          brew install ${packages({ mariadb: 'mariadb', redis: 'redis' })}`,
    `or set ${variables} to running servers that the tests may use.`,
  ].join('\n');
}
