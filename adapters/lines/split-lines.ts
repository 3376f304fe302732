/** One line of a file, without its end. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Undefined where the line is longer than any that is kept. */
  readonly bytes: Buffer | undefined;
  /** How many bytes of the file end with this line. */
  readonly end: number;
}

const NEW_LINE = 0x0a;

/**
 * The lines of a stream of bytes, which end with LF alone: readers of text also end them with characters such as
 * U+2028, which may stand in JSON.
 * @param longest in bytes; of a longer line nothing is kept
 */
export async function* splitLines(input: AsyncIterable<Buffer>, longest: number): AsyncGenerator<Line> {
  let pieces: Buffer[] = [];
  let length = 0;
  let number = 0;
  let end = 0;
  const keep = (piece: Buffer): void => {
    length += piece.length;
    if (length <= longest) pieces.push(piece);
    else pieces = [];
  };
  const take = (): Line => {
    const bytes = length > longest ? undefined : pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    pieces = [];
    length = 0;
    return { number: ++number, bytes, end };
  };
  for await (const chunk of input) {
    let from = 0;
    for (let at = chunk.indexOf(NEW_LINE); at >= 0; at = chunk.indexOf(NEW_LINE, from)) {
      keep(chunk.subarray(from, at));
      end += at + 1 - from;
      yield take();
      from = at + 1;
    }
    if (from < chunk.length) keep(chunk.subarray(from));
    end += chunk.length - from;
  }
  if (length > 0) yield take();
}
