/** What a page of a list tells of the pages around it. */
interface Around {
  readonly total: number;
  readonly perPage: number;
  /** The page's number; undefined for a page that a cursor led to. */
  readonly page: number | undefined;
  /** The cursor of the next page; undefined on the last. */
  readonly next: string | undefined;
}

/** A longer header fits into no buffer of a proxy, which then answers 502. The page itself says where it goes on. */
const LINKS_MOST = 3_000;

/**
 * The `Link` header of a page (RFC 8288): next, and for pages with numbers prev, first and last. The next page is found
 * by its cursor, which costs the same however deep it lies; the filters stay.
 * @param query as sent
 * @returns undefined for the last page that a cursor led to: nothing is around it that could be named; and for filters
 *   so many that the header would be too long
 */
export function linkPages(
  path: string,
  query: string,
  { total, perPage, page, next }: Around,
): string | undefined {
  const links: string[] = [];
  const link = (rel: string, name: string, value: string): void => {
    const target = new URLSearchParams(query);
    target.delete('page');
    target.delete('after');
    target.set(name, value);
    links.push(`<${path}?${target.toString()}>; rel="${rel}"`);
  };
  if (next !== undefined) link('next', 'after', next);
  if (page !== undefined) {
    const last = Math.max(1, Math.ceil(total / perPage));
    if (page > 1) link('prev', 'page', String(Math.min(page - 1, last)));
    link('first', 'page', '1');
    link('last', 'page', String(last));
  }
  const header = links.join(', ');
  return header === '' || header.length > LINKS_MOST ? undefined : header;
}
