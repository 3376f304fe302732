import { ServerResponse, STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Octets } from '../wire/octets.ts';

/** Where Node keeps how long the connection may carry no call, as it tells the client; in ms. */
export const KEPT = '_keepAliveTimeout';
export interface KeepsAlive {
  [KEPT]?: number;
}

/** Where Node keeps the head of an answer until it sends it: with the first piece of the body. */
const HEAD = '_header';

/**
 * A response that says when the call is over: the answer is made, or there will be none. Events do not say so: of two
 * requests that come together, the second one's answer is made long before it may be sent.
 */
export class TrackedResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  #over: (() => void) | undefined;

  whenOver(tell: () => void): void {
    this.#over = tell;
  }

  /**
   * Ends an answer by one text, head and body. Node's own `writeHead` and `end` make three pieces of it, each on its way
   * through the stream, which costs a tenth of what reading one job does. `test/unit/one-piece.test.ts` holds the bytes
   * against those that Node writes.
   * @param headers names and values in turn; `content-length` among them, and nothing about the connection
   * @returns false, and nothing done, where the end is not so plain: the connection closes, or HEAD was asked
   */
  endInOnePiece(status: number, headers: readonly string[], body: Octets): boolean {
    if (!this.shouldKeepAlive || this.req.method === 'HEAD') return false;
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    for (let at = 0; at < headers.length; at += 2) {
      const value = headers[at + 1]!;
      if (!/^[\t\x20-\x7e]*$/.test(value)) return false;
      head += `${headers[at]}: ${value}\r\n`;
    }
    const { [KEPT]: kept = 0 } = this as KeepsAlive;
    const seconds = Math.floor(kept / 1000);
    head += `Date: ${httpDate()}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n\r\n`;
    this.statusCode = status;
    // Every byte is one character of Latin-1, in which Node writes a head.
    (this as unknown as Record<typeof HEAD, string>)[HEAD] = head + body.text;
    this.end();
    return true;
  }

  override end(...given: unknown[]): this {
    this.#tell();
    return super.end(...(given as Parameters<ServerResponse['end']>));
  }

  override destroy(error?: Error): this {
    this.#tell();
    return super.destroy(error);
  }

  #tell(): void {
    const tell = this.#over;
    this.#over = undefined;
    tell?.();
  }
}

let written = { second: -1, date: '' };

/** The present second, as the header `Date` has it. */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (written.second !== second) written = { second, date: new Date(second * 1000).toUTCString() };
  return written.date;
}
