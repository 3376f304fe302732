import type { Credentials } from '../../src/accounts/credentials.ts';
import type { Call } from '../../src/gateway/gateway.ts';
import type { OperationName } from '../../src/operations/index.ts';
import type { WireRequest } from '../wire/exchange.ts';
import { languageOf, LANGUAGES } from '../wire/language.ts';
import type { RestRoute } from './bindings.ts';
import { readObject, readQuery } from './form.ts';

/** A call, and the parameters that only this protocol has: `encode` repeats some of them. */
export interface Decoded {
  readonly call: Call;
  readonly own: ReadonlyMap<string, string>;
}

export function decode(operation: OperationName, route: RestRoute, request: WireRequest): Decoded {
  const own = new Map<string, string>();
  return {
    own,
    call: {
      operation,
      credentials: findCredentials(request.headers.authorization),
      origin: {
        address: request.address,
        requestId: request.requestId,
        passwordsRefused: request.refusesPasswords(),
        language: languageOf(request.preferredLanguage(LANGUAGES)),
      },
      input: () =>
        route.source === 'body'
          ? readObject(operation, route, request)
          : readQuery(operation, route, request, own),
    },
  };
}

/** `Authorization: <token>` is 数人云's own way; the schemes Bearer and Token are accepted too. */
function findCredentials(header: string | undefined): Credentials {
  if (header === undefined || header === '') return { by: 'nothing', detail: 'credentials-missing' };
  const token = header.replace(/^(bearer|token) +/i, '');
  if (!/^[\x21-\x7e]{1,512}$/.test(token)) return { by: 'nothing', detail: 'credentials-malformed' };
  return { by: 'token', token };
}
