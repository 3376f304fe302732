/** Stands for a token that holds. */
export const TOKEN = '$TOKEN';
/** Some key of a request. */
export const KEY = 'once';

/** A bad request that once showed a fault, as it is sent to both stores ever since. */
export interface Find {
  readonly title: string;
  /** A body for the action API; the credentials of an admin are added, unless `anonymous`. */
  readonly action?: string;
  readonly anonymous?: true;
  readonly path?: string;
  /** A call of the REST API; `chunks` is a body in pieces, framing and all. */
  readonly rest?: readonly [method: string, target: string, body?: string, chunks?: string];
  /** Header lines in place of those that make a good request. */
  readonly headers?: readonly string[];
  readonly code: number;
  /** How long the headers of the answer may be, in bytes. */
  readonly headersMost?: number;
}

/** The request as bytes. */
export function writeFind(find: Find, token: string, credentials: Readonly<Record<string, string>>): Buffer {
  const { action = '', anonymous, path = '/iaas/', rest, headers } = find;
  if (!rest) {
    const json = action.startsWith('{');
    const added = json
      ? `,${JSON.stringify(credentials).slice(1)}`
      : `&${new URLSearchParams(credentials).toString()}`;
    const body = anonymous ? action : `${json ? action.slice(0, -1) : action}${added}`;
    const type = json ? 'application/json' : 'application/x-www-form-urlencoded';
    return lines('POST', path, headers ?? [`Content-Type: ${type}`], body);
  }
  const [method, target, body = '', chunks] = rest;
  const usual = [`Authorization: ${TOKEN}`, ...(body === '' ? [] : ['Content-Type: application/json'])];
  const own = (headers ?? usual).map((line) => line.replace(TOKEN, token));
  return chunks === undefined
    ? lines(method, target, own, body)
    : Buffer.concat([lines(method, target, own, ''), Buffer.from(chunks)]);
}

function lines(method: string, target: string, headers: readonly string[], body: string): Buffer {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return Buffer.from(
    [`${method} ${target} HTTP/1.1`, 'Host: gateway', ...headers, ...length, '', body].join('\r\n'),
  );
}
