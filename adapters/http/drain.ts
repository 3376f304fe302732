import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** How long connections may stay once no new ones are taken; in ms. */
export interface DrainTimes {
  /** One that carries no call. Longer than any proxy in front keeps such a connection. */
  readonly idle: number;
  /** Any. */
  readonly most: number;
}

/** The way out of a server, in two steps. */
export interface Drain {
  /** Takes no new connections from then on; those that stand are served as before. */
  closeListener(): Promise<void>;
  /**
   * Waits until every connection is closed, and closes what stays too long. Every answer must ask for the closing of
   * its connection by then.
   * @returns how many connections were cut off with a call on them
   */
  empty(times: DrainTimes): Promise<number>;
}

/** A turn of the event loop that took no longer, in ms, had next to nothing to do. */
const QUIET = 0.2;
/** How long such a turn is waited for, in ms. */
const PATIENCE = 200;
/** How often what has become idle is looked for, in ms. */
const LOOK = 50;

/** @param server before it takes its first connection */
export function createDrain(server: Server): Drain {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const closed = new Promise<void>((resolve) => server.once('close', resolve));

  return {
    async closeListener() {
      await quietTurn();
      // Not http's own `close`, which also closes what is idle: a proxy may just have sent a call there, and may not
      // send it again elsewhere, since it cannot know that nobody read it.
      NetServer.prototype.close.call(server);
    },

    async empty({ idle, most }) {
      let cut = 0;
      const ended = new AbortController();
      const { signal } = ended;
      const clearing = sleep(Math.min(idle, most), undefined, { signal }).then(async () => {
        while (!signal.aborted) {
          // Each connection that carried a call meanwhile is closing: the rest has been idle all the time.
          server.closeIdleConnections();
          for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
          await sleep(LOOK, undefined, { signal });
        }
      });
      const cutting = sleep(most, undefined, { signal }).then(() => {
        cut = sockets.size;
        server.closeAllConnections();
      });
      await closed;
      ended.abort();
      await Promise.allSettled([clearing, cutting]);
      // Node's own timer that looks for slow clients is still there.
      server.close();
      return cut;
    },
  };
}

/**
 * The system has accepted connections that the process has not taken up yet, and resets them when the listener is
 * closed. Each turn of the event loop takes up what is there: closing after a short one leaves almost no time for more.
 */
async function quietTurn(): Promise<void> {
  const until = performance.now() + PATIENCE;
  let began = performance.now();
  do {
    await nextTurn();
    const now = performance.now();
    if (now - began < QUIET) return;
    began = now;
  } while (began < until);
}
