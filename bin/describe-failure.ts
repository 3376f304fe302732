import { wordRefusal } from '../adapters/wire/wording.ts';
import { toSnake } from '../adapters/wire/spelling.ts';
import { Refusal } from '../src/errors.ts';

/** What a person at a terminal is told of a failure: what happened, and the cause where it helps. */
export function describeFailure(thrown: unknown): string {
  if (thrown instanceof Refusal) {
    const told = wordRefusal(thrown, 'en', toSnake);
    const { cause } = thrown.facts;
    return cause instanceof Error ? `${told} (${cause.message})` : told;
  }
  if (!(thrown instanceof Error)) return String(thrown);
  const { code, address, port } = thrown as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') return `port ${port} on ${address} is in use: set PORT to another one`;
  return thrown.message;
}
