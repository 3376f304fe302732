import type { Log } from '../../src/ports.ts';

/** For what is expected to complain. */
export const quietLog: Log = { info() {}, warn() {}, error() {} };
