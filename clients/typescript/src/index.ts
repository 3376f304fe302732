export { createClient, type Client, type ClientOptions, type User } from './client.ts';
export { JobgateError } from './jobgate-error.ts';
export type * from './types.ts';
