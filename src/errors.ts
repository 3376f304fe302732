/** Every way a call can fail, by name. The numbers and the words stand in the catalogue of the adapters. */
export const REASONS = [
  'internal',
  'unavailable',
  'invalid_parameter',
  'malformed_request',
  'unauthenticated',
  'request_expired',
  'permission_denied',
  'job_not_found',
  'resource_not_found',
  'unsupported_query_by',
  'invalid_page',
  'invalid_per_page',
  'invalid_sort',
  'invalid_order',
  'operation_not_allowed',
  'version_conflict',
  'idempotency_conflict',
  'rate_limited',
  'user_exists',
  'user_not_found',
  'user_inactive',
  'wrong_password',
  'token_invalid',
  'user_already_active',
  'activation_failed',
  'email_not_registered',
  'reset_link_invalid',
  'passwords_differ',
] as const;
export type Reason = (typeof REASONS)[number];

/** What is wrong with one parameter, in terms that each language and each spelling can word. */
export type Fault =
  | { is: 'required' }
  | { is: 'reserved' }
  | { is: 'unknown'; nearest?: string }
  | { is: 'duplicate' }
  | { is: 'type'; expected: 'string' | 'integer' | 'list' | 'object' }
  | {
      is: 'format';
      expected:
        'time' | 'cursor' | 'utf8' | 'form' | 'status' | 'json' | 'tag' | 'text' | 'email' | 'password';
    }
  | { is: 'too-short'; least: number }
  | { is: 'too-long'; most: number }
  | { is: 'too-few'; least: number }
  | { is: 'too-many'; most: number }
  | { is: 'too-small'; least: number }
  | { is: 'too-large'; most: number }
  | { is: 'not-one-of'; allowed: readonly string[] }
  | { is: 'key-twice'; key: string }
  | { is: 'number-lost'; number: string }
  /** Two values, each good by itself, that cannot stand together. */
  | { is: 'unlike'; other: string }
  /** A parameter that says what another one says in its own way. */
  | { is: 'not-beside'; other: string };

/** One wrong parameter. `reason` narrows the general `invalid_parameter` where a narrower one exists. */
export interface Problem {
  /** The parameter's name in the core's spelling; adapters re-spell it, unless `asSent` says it is the caller's own. */
  readonly parameter: string;
  readonly asSent?: boolean;
  readonly fault: Fault;
  readonly reason?: Reason;
}

/** Why a body, a path or a credential could not be read at all. */
export type Detail =
  | 'body-not-json'
  | 'body-not-object'
  | 'body-not-utf8'
  | 'body-too-large'
  | 'body-too-deep'
  | 'body-type'
  | 'body-encoding'
  | 'body-aborted'
  | 'headers'
  | 'unknown-path'
  | 'unknown-method'
  | 'unknown-operation'
  | 'operation-missing'
  | 'credentials-missing'
  | 'credentials-malformed'
  | 'password-in-query'
  | 'password-in-the-clear'
  | 'cipher-refused'
  | 'credentials-of-two-kinds'
  | 'signature-malformed'
  | 'signature-mismatch'
  | 'access-key-unknown'
  | 'access-keys-not-set-up'
  | 'access-keys-too-many'
  | 'password-key-not-set-up'
  | 'email-taken'
  | 'last-admin'
  | 'mail-not-set-up'
  | 'time-passed'
  | 'time-in-future'
  | 'deadline-passed'
  | 'done-before'
  | 'draining'
  | 'busy'
  | 'database'
  | 'database-unwritable';

/** How many calls a caller may make in a minute, how many are left, and in how many seconds they are counted anew. */
export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  readonly reset: number;
}

export interface RefusalFacts {
  readonly problems?: readonly Problem[];
  readonly detail?: Detail;
  /** Seconds after which a retry makes sense. */
  readonly retryAfter?: number;
  /** Where a caller made too many calls. */
  readonly rate?: RateState;
  /** The job that is meant, where a call names several. */
  readonly jobId?: string;
  /** What stands now, where the caller must have expected something else. */
  readonly present?: { readonly status: string } | { readonly version: number };
  /** The text that a signature was compared for. */
  readonly signed?: string;
  /** The gateway's time, for a caller whose clock is another; in ms since 1970. */
  readonly now?: number;
  /** A limit that was passed, in the unit that `detail` implies (bytes, levels). */
  readonly limit?: number;
  readonly cause?: unknown;
}

/** A call that was refused for a known reason. Anything else that is thrown is a fault of the gateway. */
export class Refusal extends Error {
  readonly reason: Reason;
  readonly facts: RefusalFacts;

  constructor(reason: Reason, facts: RefusalFacts = {}) {
    super(facts.detail ? `${reason}: ${facts.detail}` : reason, { cause: facts.cause });
    this.name = 'Refusal';
    this.reason = reason;
    this.facts = facts;
  }
}

/** Whatever was thrown, as a refusal: the one place where an unknown fault becomes `internal`. */
export function asRefusal(thrown: unknown): Refusal {
  return thrown instanceof Refusal ? thrown : new Refusal('internal', { cause: thrown });
}

/**
 * The refusal for a set of wrong parameters. All of one narrower reason give that reason;
 * a mixture is told under the general one, with every parameter named.
 */
export function refuseParameters(problems: readonly Problem[]): Refusal {
  const reasons = new Set(problems.map((problem) => problem.reason ?? 'invalid_parameter'));
  const [only] = reasons;
  return new Refusal(reasons.size === 1 && only ? only : 'invalid_parameter', { problems });
}
