import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A shell that outlives this process for a moment: when the pipe to it closes because this process is gone,
 * even by SIGKILL, the shell kills the process group it was last told of and removes the folder.
 */
export class Watchdog {
  private readonly shell: ChildProcess;

  constructor(folder?: string) {
    const script = `
      while read -r line; do group=$line; done
      if [ -n "$group" ]; then kill -s KILL -- "-$group"; sleep 0.5; fi
      if [ -n "$1" ]; then rm -rf -- "$1"; fi`;
    this.shell = spawn('/bin/sh', ['-c', script, 'jobgate-watchdog', folder ?? ''], {
      // Its own process group, so that Ctrl-C in a terminal does not end it.
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.shell.unref();
    const { stdin } = this.shell;
    stdin?.on('error', () => {});
    if (stdin && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  }

  /** Watches a child that leads its process group, instead of the one before, until the child exits. */
  watch(child: ChildProcess): void {
    if (child.pid === undefined) return;
    this.shell.stdin?.write(`${child.pid}\n`);
    child.once('exit', () => this.shell.stdin?.write('\n'));
  }

  /** Ends the shell; it kills a child that still runs, and removes the folder. */
  async end(): Promise<void> {
    if (!isRunning(this.shell)) return;
    this.shell.ref();
    const exited = exitOf(this.shell);
    this.shell.stdin?.end();
    await exited;
  }
}

/** Whether a child process has started and not exited. */
export function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Resolves when a child process has exited, at once when it does not run. */
export function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (!isRunning(child)) done();
    else child.once('exit', () => done());
  });
}
