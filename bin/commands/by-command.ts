import { hostname } from 'node:os';
import type { Actor } from '../../src/accounts/audit.ts';

/** Who the audit trail says made a change of the command line: whoever may use it on this machine. */
export const BY_COMMAND: Actor = { userId: 'command line', address: hostname().slice(0, 255), requestId: '' };
