import { Refusal } from '../../src/errors.ts';
import { DEFAULT_LANGUAGE, LANGUAGE_TAGS, type Language } from './language.ts';
import type { WireRequest } from './exchange.ts';

/** A request of which no more is known than this: it could not be read, or is only an example. */
export function bareRequest(
  known: Pick<WireRequest, 'requestId'> & { readonly path?: string; readonly language?: Language },
): WireRequest {
  const { requestId, path = '', language } = known;
  return {
    method: '',
    path,
    query: '',
    headers: {},
    params: {},
    address: '',
    requestId,
    passwordsRefused: false,
    language: language ?? DEFAULT_LANGUAGE,
    preferredLanguage: () => language && LANGUAGE_TAGS[language],
    body: () => Promise.reject(new Refusal('malformed_request', { detail: 'body-aborted' })),
  };
}
