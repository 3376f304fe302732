import { createHash } from 'node:crypto';
import type { WireAnswer } from '../wire/exchange.ts';

/** What is served as it stands to anyone who asks: a page of the documentation, or what it loads. */
export interface Page extends Pick<WireAnswer, 'status' | 'body'> {
  readonly headers: Readonly<Record<string, string>> & { readonly etag: string };
}

/** A page with a tag of its content. It is kept, and asked for whether it still holds, unless `headers` say more. */
export function makePage(
  type: string,
  content: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Page {
  const body = Buffer.from(content);
  return {
    status: 200,
    body,
    headers: {
      // Another version of jobgate has another page.
      'cache-control': 'no-cache',
      ...headers,
      'content-type': type,
      etag: `"${digestOf(body)}"`,
      'x-content-type-options': 'nosniff',
    },
  };
}

/** A short name for a content, harmless in paths and tags. */
export function digestOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 22);
}
