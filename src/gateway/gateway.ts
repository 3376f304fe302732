import type { Claim, CredentialJudge, Credentials } from '../accounts/credentials.ts';
import type { Account } from '../accounts/account.ts';
import type { PasswordKey } from '../accounts/password-key.ts';
import type { Found, ReadThrough } from '../coherence/read-through.ts';
import { asRefusal, Refusal, type Problem, type RateState } from '../errors.ts';
import { maySee } from '../jobs/visibility.ts';
import type { JobView } from '../jobs/job-view.ts';
import { networkOf } from '../network.ts';
import type { Caller, MemberOperation, OpenOperation, Origin } from '../operation.ts';
import { operations, type AnyOperation, type OperationName, type OutputOf } from '../operations/index.ts';
import type { Ports, RateLimiter } from '../ports.ts';
import { actOnce } from './act-once.ts';
import { judgeInput } from './validate.ts';

/** The parameters of a call as its protocol could read them, and what was wrong with others. */
export interface RawInput {
  readonly value: Record<string, unknown>;
  readonly problems: readonly Problem[];
}

/** One call, whichever protocol it came by. */
export interface Call<Name extends OperationName = OperationName> {
  readonly operation: Name;
  readonly credentials: Credentials;
  readonly origin: Origin;
  /**
   * Reads the parameters; asked only once the credentials were recognized.
   * @param passwordKey opens passwords that were encrypted for this gateway
   */
  input(passwordKey: PasswordKey | undefined): Promise<RawInput> | RawInput;
  /** Told how many calls the caller has left, where calls are limited. */
  rated?(rate: RateState): void;
  /** Told who the caller is, as soon as that is certain, and whether the cache alone could tell all rows. */
  identified?(userId: string, cached: boolean): void;
}

/** The shared layers of every call: authenticate, validate, read through, permit, handle. */
export interface Gateway {
  /** @throws Refusal */
  answer<Name extends OperationName>(call: Call<Name>): Promise<OutputOf<Name>>;
}

interface Identity {
  readonly account: Account;
  readonly claim: Claim;
  readonly jobs: readonly (JobView | undefined)[];
  readonly cached: boolean;
}

/** A user's account, and the jobs that are asked for. */
type Look = (userId: string) => Promise<Found>;

/** An account that changes at every look would keep a call going round for ever. */
const ROUNDS = 3;

/** Counts the call against what its caller may make. */
async function admit(rates: RateLimiter, call: Call, caller: string): Promise<void> {
  call.rated?.(await rates.admit(caller));
}

export function createGateway(parts: {
  readonly judge: CredentialJudge;
  readonly reader: ReadThrough;
  readonly ports: Ports;
}): Gateway {
  const { judge, reader, ports } = parts;

  /** The account has moved on since the credentials were remembered: they are judged anew, and looked at again. */
  const identifyAnew = async (call: Call, claim: Claim, look: Look): Promise<Identity> => {
    let claimed = claim;
    for (let round = 1; round < ROUNDS; round++) {
      judge.outdate(claimed);
      claimed = await judge.recognize(call.credentials, call.origin);
      const identity = match(claimed, await look(claimed.userId));
      if (identity) return identity;
    }
    throw new Refusal('unavailable', { detail: 'busy', retryAfter: 1 });
  };

  const lookAt =
    (jobIds: readonly string[]): Look =>
    (userId) =>
      reader.read(userId, jobIds);

  /** What a call has to be told before it is handled. */
  const lookFor = (operation: MemberOperation<unknown, unknown>, input: unknown): Look => {
    if (!operation.newestOf) return lookAt(operation.jobIds?.(input) ?? []);
    const { jobType } = operation.newestOf(input);
    return (userId) => reader.readNewest(userId, jobType);
  };

  /** Who calls, where anyone may: credentials that are bad are as good as none. */
  const recognizeAnyone = async (call: Call): Promise<Caller | undefined> => {
    try {
      const claim = await judge.recognize(call.credentials, call.origin);
      const look = lookAt([]);
      const {
        account,
        claim: proven,
        cached,
      } = match(claim, await look(claim.userId)) ?? (await identifyAnew(call, claim, look));
      call.identified?.(account.userId, cached);
      return callerOf(account, proven);
    } catch (thrown) {
      if (asRefusal(thrown).reason === 'unauthenticated') return undefined;
      throw thrown;
    }
  };

  const answerAnyone = async (call: Call, operation: OpenOperation<unknown, unknown>): Promise<unknown> => {
    if (ports.rates) await admit(ports.rates, call, `address ${networkOf(call.origin.address)}`);
    const { value, refusal } = await readInput(call, operation, ports);
    const caller = operation.knowsCallers ? await recognizeAnyone(call) : undefined;
    if (refusal) throw refusal;
    return operation.handle({ input: value, origin: call.origin, caller, ports });
  };

  const answerMember = async (call: Call, operation: MemberOperation<unknown, unknown>): Promise<unknown> => {
    // What is known at once is not waited for: a turn of the promises costs as much as what it waits for here.
    const recognized = judge.recognize(call.credentials, call.origin);
    const claim = recognized instanceof Promise ? await recognized : recognized;
    // Bad parameters are told only to callers whose credentials still hold, which the read below decides.
    const read = readInput(call, operation, ports);
    const { value, refusal } = read instanceof Promise ? await read : read;
    const look = refusal ? lookAt([]) : lookFor(operation, value);
    const identity = match(claim, await look(claim.userId)) ?? (await identifyAnew(call, claim, look));
    call.identified?.(identity.account.userId, identity.cached);
    if (ports.rates) await admit(ports.rates, call, identity.account.userId);
    if (refusal) throw refusal;
    const { account, claim: proven } = identity;
    if (operation.permission === 'admin' && account.role !== 'admin') throw new Refusal('permission_denied');
    return operation.handle({
      input: value,
      caller: callerOf(account, proven),
      origin: call.origin,
      found: identity.jobs.map((job) => (job && maySee(account, job) ? job : undefined)),
      ports: proven.signed
        ? { ...ports, changes: actOnce(ports.changes, account.userId, proven.signed) }
        : ports,
    });
  };

  return {
    answer(call) {
      const operation = operations[call.operation] as AnyOperation;
      const answered =
        operation.permission === 'anyone' ? answerAnyone(call, operation) : answerMember(call, operation);
      return answered as Promise<never>;
    },
  };
}

/**
 * Who calls and what it asks for, by one look at account and jobs together; undefined where the account has another version
 * than the credentials were good for.
 * @throws Refusal `unauthenticated`
 */
function match(claim: Claim, { account, jobs, cached }: Found): Identity | undefined {
  if (!account?.active) throw new Refusal('unauthenticated');
  return account.version === claim.version ? { account, claim, jobs, cached } : undefined;
}

/** Member by member: V8 makes a new hidden class of each copy that is spread and added to, and whoever reads it pays again. */
function callerOf({ userId, role, active, version }: Account, claim: Claim): Caller {
  return { userId, role, active, version, claim };
}

interface Read {
  readonly value: unknown;
  readonly refusal?: Refusal | undefined;
}

const refused = (thrown: unknown): Read => ({ value: undefined, refusal: asRefusal(thrown) });

/** The validated input of a call, or why it is refused; the caller decides when to tell. */
function readInput(
  call: Call,
  operation: AnyOperation,
  { passwordKey }: Pick<Ports, 'passwordKey'>,
): Read | Promise<Read> {
  const judged = ({ value, problems }: RawInput): Read => ({
    value,
    refusal: judgeInput(operation.input, value, problems),
  });
  try {
    const input = call.input(passwordKey);
    return input instanceof Promise ? input.then(judged).catch(refused) : judged(input);
  } catch (thrown) {
    return refused(thrown);
  }
}
