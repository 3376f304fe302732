import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be cut, frozen and led elsewhere. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection and refuses new ones, until `mend`. */
  cut(): void;
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
      from.pipe(to);
      if (state === 'frozen') from.pause().unpipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const each = (visit: (from: Socket, to: Socket) => void): void => {
    for (const [near, far] of pairs) {
      visit(near, far);
      visit(far, near);
    }
  };
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      each((from) => from.destroy());
    },
    freeze() {
      state = 'frozen';
      each((from, to) => from.unpipe(to).pause());
    },
    mend() {
      state = 'open';
      each((from, to) => from.pipe(to));
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
