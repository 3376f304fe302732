import { Refusal, refuseParameters } from '../../src/errors.ts';
import type { Call } from '../../src/gateway/gateway.ts';
import type { Origin } from '../../src/operation.ts';
import type { OperationName } from '../../src/operations/index.ts';
import type { Seen, WireRequest } from '../wire/exchange.ts';
import type { Language } from '../wire/language.ts';
import { actionBindings, type ActionBinding, type Wishes } from './bindings.ts';
import { findCredentials } from './credentials.ts';
import type { Dialect, Dialects } from './dialect.ts';
import { digitsOf, isRepeated, languageIn, textOf, type ActionForm } from './form.ts';
import { readInput } from './input.ts';
import { openPasswords, takesPasswords, type PasswordSettings } from './passwords.ts';

export interface ActionSettings extends PasswordSettings {
  readonly dialects: Dialects;
}

export interface Decoded {
  readonly call: Call;
  readonly binding: ActionBinding;
  readonly wishes: Wishes;
}

/** Where a call comes from. Few calls ask, and each answer must be found out. */
class ActionOrigin implements Origin {
  readonly #request: WireRequest;
  readonly #form: ActionForm;

  constructor(request: WireRequest, form: ActionForm) {
    this.#request = request;
    this.#form = form;
  }

  get address(): string {
    return this.#request.address;
  }

  get requestId(): string {
    return this.#request.requestId;
  }

  get passwordsRefused(): boolean {
    return this.#request.passwordsRefused;
  }

  get language(): Language {
    return languageIn(this.#form);
  }
}

const byAction: ReadonlyMap<string, { operation: OperationName; binding: ActionBinding }> = new Map(
  Object.entries(actionBindings).flatMap(([operation, binding]) =>
    binding ? [[binding.action, { operation: operation as OperationName, binding }]] : [],
  ),
);

/**
 * Which operation is called, by whom, with what.
 * @throws Refusal `resource_not_found` where there is no such action, or none by this method
 */
export function decode(
  form: ActionForm,
  request: WireRequest,
  settings: ActionSettings,
  seen: Seen,
): Decoded {
  const action = textOf(form, 'action');
  if (isRepeated(form, 'action')) {
    throw refuseParameters([{ parameter: 'action', asSent: true, fault: { is: 'duplicate' } }]);
  }
  if (!action) throw new Refusal('resource_not_found', { detail: 'operation-missing' });
  const bound = byAction.get(action);
  if (!bound) throw new Refusal('resource_not_found', { detail: 'unknown-operation' });
  const { operation, binding } = bound;
  // HEAD is safe to everyone in between: it is sent ahead and sent again, and nobody reads what became of it.
  if (request.method === 'HEAD' && !binding.reads) {
    throw new Refusal('resource_not_found', { detail: 'unknown-method' });
  }
  const dialect = dialectOf(form, settings.dialects);
  const call: Call = {
    operation,
    credentials: findCredentials(form, request, settings),
    origin: new ActionOrigin(request, form),
    input(passwordKey) {
      const input = readInput(operation, binding, dialect, form);
      return takesPasswords(operation)
        ? openPasswords(operation, input, form, request, settings, passwordKey)
        : input;
    },
    identified(userId, cached) {
      seen.userId = userId;
      seen.cached = cached;
    },
    rated: (rate) => void (seen.rate = rate),
  };
  const verbose = Number(digitsOf(form, 'verbose') ?? 0) >= 1;
  return { call, binding, wishes: { verbose, dialect } };
}

/** Whoever sends an access key reads answers as QingCloud's clients do. */
export function dialectOf(form: ActionForm, dialects: Dialects): Dialect {
  return textOf(form, 'access_key_id') ? dialects.signed : dialects.seed;
}
