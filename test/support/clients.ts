import { ask, type Answer } from './ask.ts';
import { ADMIN, PASSWORD, type TestGateway } from './gateway.ts';

export type { Answer } from './ask.ts';

/** Who makes a call of the action API: USER_ID and PASSWORD. */
export interface ActionUser {
  readonly userId: string;
  readonly password: string;
}

export function actionUser(userId: string = ADMIN.userId): ActionUser {
  return { userId, password: userId === ADMIN.userId ? ADMIN.password : PASSWORD };
}

/** A call of the action API as a POST with a form. */
export async function callAction(
  gateway: Pick<TestGateway, 'base'>,
  parameters: Readonly<Record<string, string | number>>,
  user: ActionUser | undefined = actionUser(),
): Promise<Answer> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) form.append(name, String(value));
  if (user) {
    form.append('USER_ID', user.userId);
    form.append('PASSWORD', Buffer.from(user.password).toString('base64'));
  }
  return ask(gateway.base, '/iaas/', { method: 'POST', body: form });
}

/** A call of the REST API. @param path with the query, from `/v1` on */
export async function callRest(
  gateway: Pick<TestGateway, 'base'>,
  token: string | undefined,
  path: string,
  init: RequestInit = {},
): Promise<Answer> {
  const headers = new Headers(init.headers);
  if (token !== undefined && !headers.has('authorization')) headers.set('authorization', token);
  return ask(gateway.base, path, { ...init, headers });
}

/** Any request as it is. */
export function callRaw(
  gateway: Pick<TestGateway, 'base'>,
  path: string,
  init: RequestInit = {},
): Promise<Answer> {
  return ask(gateway.base, path, init);
}
