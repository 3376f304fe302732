/** The headers of Node's own clients and servers as those of `fetch`; those of HTTP/2 alone are left out. */
export function headersOf(raw: Readonly<Record<string, string | readonly string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    if (!name.startsWith(':')) for (const each of [value ?? []].flat()) headers.append(name, each);
  }
  return headers;
}
