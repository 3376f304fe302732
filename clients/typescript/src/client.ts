import { send, type Sending } from './send.ts';
import { routes, type Job, type OperationId, type Operations } from './types.ts';

export interface ClientOptions {
  /** Where the gateway is, such as `https://jobs.example.com`. In a browser it may be empty: the page's own host. */
  readonly baseUrl: string;
  /** What `logIn` would give; without it, the client is to log in first. */
  readonly token?: string;
  /** Language of messages; Chinese by default, as everywhere. */
  readonly language?: 'zh-CN' | 'en';
  /** How often a call that may be repeated is sent at the most; 4 by default. */
  readonly attempts?: number;
  /** The longest time to wait before sending a call again, in ms; 30 s by default. */
  readonly longestWait?: number;
  /** What sends the requests; the global one by default. */
  readonly fetch?: typeof fetch;
}

/** What a call is given, and how it may be given up. */
type Given<Id extends OperationId> = NonNullable<Operations[Id]['input']> & { readonly signal?: AbortSignal };

type Call<Id extends OperationId> = undefined extends Operations[Id]['input']
  ? (input?: Given<Id>) => Promise<Operations[Id]['data']>
  : (input: Given<Id>) => Promise<Operations[Id]['data']>;

/** A user, as a list has it. */
export type User = Operations['describeUsers']['data']['users'][number];

/** Every operation by its id; each answers the `data` of the envelope, or throws a JobgateError. */
export type Client = { readonly [Id in OperationId]: Call<Id> } & {
  /** Every job that the filters match, page by page, as it is asked for. */
  eachJob(query?: Given<'describeJobs'>['query'], signal?: AbortSignal): AsyncGenerator<Job>;
  /** Every user that the filters match and the caller may see, likewise. */
  eachUser(query?: Given<'describeUsers'>['query'], signal?: AbortSignal): AsyncGenerator<User>;
};

/**
 * A client of one gateway. It keeps the token that `logIn` gives. Reads, and writes that carry an `Idempotency-Key`
 * (it makes one where none is given), are sent again when the gateway is busy or no answer came; others never are.
 */
export function createClient(options: ClientOptions): Client {
  let { token } = options;
  const sending: Sending = { ...options, token: () => token };

  const call = async (id: OperationId, input: object = {}): Promise<unknown> => {
    const data = await send(sending, routes[id], input);
    if (id === 'logIn') ({ token } = data as Operations['logIn']['data']);
    if (id === 'logOut') token = undefined;
    return data;
  };
  const calls = Object.fromEntries(
    (Object.keys(routes) as OperationId[]).map((id) => [id, (input?: object) => call(id, input)]),
  ) as unknown as Client;

  return {
    ...calls,
    eachJob: (query = {}, signal) =>
      walk(
        query,
        (at) => calls.describeJobs({ query: at, ...(signal && { signal }) }),
        ({ jobs }) => jobs,
      ),
    eachUser: (query = {}, signal) =>
      walk(
        query,
        (at) => calls.describeUsers({ query: at, ...(signal && { signal }) }),
        ({ users }) => users,
      ),
  };
}

/** What a list can be asked for to begin with. */
interface Start {
  readonly page?: number;
  readonly per_page?: number;
  readonly after?: string;
}

/** Follows the cursors of a list to its end. There is no way to it by the number of a page. */
async function* walk<Query extends Start, Page extends { readonly next?: string }, Item>(
  query: Query,
  ask: (query: Omit<Query, 'page'>) => Promise<Page>,
  itemsOf: (page: Page) => readonly Item[],
): AsyncGenerator<Item> {
  const { page: _page, ...filters } = query;
  let { after } = query;
  do {
    const page = await ask({ per_page: 100, ...filters, ...(after !== undefined && { after }) });
    yield* itemsOf(page);
    after = page.next;
  } while (after !== undefined);
}
