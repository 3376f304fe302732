/** The load, in a process of its own: what it takes to ask and to check does not count. */
import { createClient } from './client.ts';
import { doing, type Flow } from './flows.ts';

/** One order of the parent. */
export interface Load {
  readonly base: string;
  readonly flow: Flow;
  readonly times: number;
  /** So many at once. */
  readonly connections: number;
}

async function carry({ base, flow, times, connections }: Load): Promise<void> {
  const client = createClient(base, connections);
  const once = doing(flow, client);
  let left = times;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await once();
  };
  try {
    await Promise.all(Array.from({ length: connections }, worker));
  } finally {
    client.close();
  }
}

process.on('message', (load) => {
  carry(load as Load).then(
    () => process.send?.({ done: true }),
    (thrown: unknown) => process.send?.({ failed: String(thrown) }),
  );
});
process.on('disconnect', () => process.exit());
