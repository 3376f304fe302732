import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be cut, frozen and led elsewhere. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection and refuses new ones, until `mend`. */
  cut(): void;
  /** Lets everything through later by so many ms, until `mend`. */
  slow(milliseconds: number): void;
  /** Lets nothing through in either direction, but keeps the connections, until `mend`. */
  freeze(): void;
  mend(): void;
  /** Leads new connections to another port on 127.0.0.1, and ends those that there are. */
  lead(target: number): void;
}

/** @param target the port on 127.0.0.1 that connections lead to */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  let leadsTo = target;
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'open' | 'cut' | 'frozen' = 'open';
  let delay = 0;
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy();
    const far = connect(leadsTo, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
      // One after the other, so that what is delayed is not overtaken.
      let last = Promise.resolve();
      from.on('data', (chunk: Buffer) => {
        const wait = delay;
        last = last.then(async () => {
          if (wait > 0) await sleep(wait);
          to.write(chunk);
        });
      });
      if (state === 'frozen') from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const each = (visit: (socket: Socket) => void): void => {
    for (const pair of pairs) {
      for (const socket of pair) visit(socket);
    }
  };
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      each((from) => from.destroy());
    },
    slow(milliseconds) {
      delay = milliseconds;
    },
    freeze() {
      state = 'frozen';
      each((from) => from.pause());
    },
    mend() {
      state = 'open';
      delay = 0;
      each((from) => from.resume());
    },
    lead(elsewhere) {
      leadsTo = elsewhere;
      each((from) => from.destroy());
    },
    async [Symbol.asyncDispose]() {
      proxy.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
