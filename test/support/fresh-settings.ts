import { createTestDatabase } from './database.ts';
import { temporaryFolder } from './folder.ts';
import type { Store } from './gateway.ts';

/** The settings of a store that nothing was done to yet. */
export interface FreshSettings extends AsyncDisposable {
  readonly environment: NodeJS.ProcessEnv;
}

export async function freshSettings(store: Store): Promise<FreshSettings> {
  if (store === 'embedded') {
    const folder = await temporaryFolder();
    return {
      environment: { DATA_DIR: folder.path },
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  }
  const database = await createTestDatabase();
  return {
    environment: { DATABASE_URL: database.url, REDIS_URL: process.env.TEST_REDIS_URL },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
