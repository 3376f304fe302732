import { ServerResponse, type IncomingMessage } from 'node:http';

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
