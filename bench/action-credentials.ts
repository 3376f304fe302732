/** How a call of the action API says who makes it: made anew for each call, as a client would. */
export type ActionCredentials = (
  parameters: Readonly<Record<string, string>>,
  user: { readonly userId: string; readonly password: string },
) => Readonly<Record<string, string>>;

/** Every way there is; a new one is measured as soon as it stands here. */
export const actionCredentials = {
  'USER_ID and PASSWORD': (parameters, { userId, password }) => ({
    ...parameters,
    USER_ID: userId,
    PASSWORD: Buffer.from(password).toString('base64'),
  }),
} as const satisfies Readonly<Record<string, ActionCredentials>>;

export type ActionWay = keyof typeof actionCredentials;
