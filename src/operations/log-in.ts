import { randomBytes } from 'node:crypto';
import { LogInInput, LogInOutput } from '../../schemas/log-in.ts';
import { tokenDigest } from '../accounts/credentials.ts';
import { provePassword } from '../accounts/prove-password.ts';
import { Refusal } from '../errors.ts';
import type { OpenOperation } from '../operation.ts';

export const logIn: OpenOperation<LogInInput, LogInOutput> = {
  summary: { en: 'Log in with a password and get a token.', zh: '用密码登录，获取 token。' },
  input: LogInInput,
  output: LogInOutput,
  permission: 'anyone',
  async handle({ input, origin, ports }) {
    const { accounts, clock, tokenLife } = ports;
    if (origin.passwordsRefused) throw new Refusal('unauthenticated', { detail: 'password-in-the-clear' });
    const user = await provePassword(ports, input.name, input.password, origin.address, false);
    if (!user) throw new Refusal('wrong_password');
    if (!user.active) throw new Refusal('user_inactive');
    const token = randomBytes(32).toString('base64url');
    const now = clock();
    const expireTime = now + tokenLife;
    const stored = { digest: tokenDigest(token), userId: user.userId, expireTime };
    // The password was judged before the token is stored: where the account changed in between, as it does with
    // each log-out, it counts if it still is the password.
    for (let { version } = user; !(await accounts.addToken(stored, version, now));) {
      const present = await accounts.findUser(user.userId);
      if (!present?.active || present.passwordHash !== user.passwordHash) throw new Refusal('wrong_password');
      version = present.version;
    }
    return { token, expireTime: new Date(expireTime).toISOString() };
  },
};
