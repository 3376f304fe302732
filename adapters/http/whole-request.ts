import { IncomingMessage } from 'node:http';

const NO_BYTES = Buffer.alloc(0);

/**
 * A request that becomes a stream only for who reads it as one. Node puts every body, and the end of those that have none,
 * through a stream, and empties the stream when the answer was sent: a tenth of what reading one job costs. Here the first
 * piece and the end are kept until somebody asks for them. `push`, `_read` and `_dump` are where Node hands on what its
 * parser found, asks for more, and throws away what nobody read; where a version of Node does not call them, the request
 * is an ordinary one. `test/unit/whole-request.test.ts` holds it against an ordinary one.
 */
export class WholeRequest extends IncomingMessage {
  #piece: Buffer | undefined;
  #ended = false;
  #taken = false;
  #streams = false;
  #tell: (() => void) | undefined;

  /** Calls back once all bytes of the body have come, unless they have already; never where they do not come. */
  whenWhole(tell: () => void): void {
    const before = this.#tell;
    this.#tell = before
      ? () => {
          before();
          tell();
        }
      : tell;
  }

  /** The body, once. Undefined where it is not whole yet, or came in several pieces: then it is a stream. */
  takeWhole(): Buffer | undefined {
    if (this.#streams || this.#taken) return undefined;
    // Node lets everyone have a turn between the last byte of a body and its end.
    if (!this.#ended && this.#piece?.length !== Number(this.headers['content-length'])) return undefined;
    const body = this.#piece ?? NO_BYTES;
    this.#taken = true;
    this.#piece = undefined;
    return body;
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk === null) {
      this.#ended = true;
      const tell = this.#tell;
      this.#tell = undefined;
      tell?.();
    }
    if (this.#streams) return super.push(chunk, encoding);
    if (chunk === null) return false;
    if (this.#piece === undefined) {
      this.#piece = chunk as Buffer;
      return true;
    }
    this.#becomeStream();
    return super.push(chunk, encoding);
  }

  override _read(size: number): void {
    // oxlint-disable-next-line no-underscore-dangle -- it is what streams mean to be overridden
    super._read(size);
    this.#becomeStream();
  }

  /** Called when the answer was sent and nobody has read the stream. */
  _dump(): void {
    if (this.#taken || this.takeWhole()) return;
    // oxlint-disable-next-line no-underscore-dangle -- it is Node's own
    (IncomingMessage.prototype as unknown as { _dump: () => void })._dump.call(this);
  }

  #becomeStream(): void {
    if (this.#streams) return;
    this.#streams = true;
    if (this.#piece) super.push(this.#piece);
    this.#piece = undefined;
    if (this.#ended) super.push(null);
  }
}
