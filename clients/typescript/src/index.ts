export { createClient, type Client, type ClientOptions } from './client.ts';
export { JobgateError } from './jobgate-error.ts';
export type * from './types.ts';
