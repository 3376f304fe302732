import { findUndocumented } from './documented.ts';

/**
 * The global `fetch`, for clients whose answers the test does not see: those of the REST API are judged by the OpenAPI
 * document.
 * @param tell gets what is not as documented; the client would take what is thrown for a broken connection
 */
export function judgingFetch(tell: (complaint: string) => void): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const text = await response.clone().text();
    const { body, method = 'GET' } = init ?? {};
    const complaint = findUndocumented({
      method,
      target: response.url.slice(new URL(response.url).origin.length),
      sent: new Headers(init?.headers),
      body: typeof body === 'string' ? body : undefined,
      status: response.status,
      headers: response.headers,
      text,
    });
    if (complaint !== undefined) tell(complaint);
    return response;
  };
}
