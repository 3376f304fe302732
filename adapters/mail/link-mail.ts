import type { Language } from '../../src/language.ts';
import type { Mail, Purpose } from '../../src/ports.ts';

interface Wording {
  readonly subject: string;
  readonly greeting: (userId: string) => string;
  readonly link: (link: string) => string;
  readonly token: (token: string) => string;
  readonly until: (time: string) => string;
  readonly otherwise: string;
}

/** The pages that a front end has for the two, below PUBLIC_URL. */
const PAGES: Readonly<Record<Purpose, string>> = { activation: 'activate', reset: 'reset_password' };

const WORDINGS: Readonly<Record<Purpose, Readonly<Record<Language, Wording>>>> = {
  activation: {
    en: {
      subject: 'Activate your jobgate account',
      greeting: (userId) => `An account was created for you on jobgate. Its user id is ${userId}.`,
      link: (link) => `Choose a password here to activate it:\n\n${link}`,
      token: (token) =>
        `Send a password and this token to POST /v1/users/activate to activate it:\n\n${token}`,
      until: (time) => `This works once, until ${time}.`,
      otherwise: 'If you did not expect this mail, leave it: nothing happens then.',
    },
    zh: {
      subject: '激活您的 jobgate 账号',
      greeting: (userId) => `已为您创建 jobgate 账号，用户 id 为 ${userId}。`,
      link: (link) => `请打开以下链接设置密码，完成激活：\n\n${link}`,
      token: (token) => `请将密码与以下 token 一起发送到 POST /v1/users/activate，完成激活：\n\n${token}`,
      until: (time) => `仅可使用一次，有效期至 ${time}。`,
      otherwise: '如果您不知道这封邮件的来由，请忽略，不会有任何变化。',
    },
  },
  reset: {
    en: {
      subject: 'Set a new jobgate password',
      greeting: (userId) => `Somebody asked for a new password for your jobgate account ${userId}.`,
      link: (link) => `Set it here:\n\n${link}`,
      token: (token) => `Send it with this token to POST /v1/users/reset_password:\n\n${token}`,
      until: (time) => `This works once, until ${time}.`,
      otherwise: 'If it was not you, leave this mail: your password stays as it is.',
    },
    zh: {
      subject: '重置您的 jobgate 密码',
      greeting: (userId) => `有人为您的 jobgate 账号 ${userId} 申请重置密码。`,
      link: (link) => `请打开以下链接设置新密码：\n\n${link}`,
      token: (token) => `请将新密码与以下 token 一起发送到 POST /v1/users/reset_password：\n\n${token}`,
      until: (time) => `仅可使用一次，有效期至 ${time}。`,
      otherwise: '如果不是您本人操作，请忽略本邮件，您的密码不会改变。',
    },
  },
};

/**
 * What a mail says, as plain text.
 * @param publicUrl where the pages are that take the token; undefined: the mail tells the token alone
 */
export function writeLinkMail(
  { purpose, language, userId, token, expireTime }: Mail,
  publicUrl: string | undefined,
): { readonly subject: string; readonly text: string } {
  const wording = WORDINGS[purpose][language];
  // Behind the #: a browser sends that to no server, and puts it into no Referer.
  const way =
    publicUrl === undefined
      ? wording.token(token)
      : wording.link(`${publicUrl.replace(/\/$/, '')}/${PAGES[purpose]}#token=${token}`);
  const until = `${new Date(expireTime).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const parts = [wording.greeting(userId), way, wording.until(until), wording.otherwise];
  return { subject: wording.subject, text: `${parts.join('\n\n')}\n` };
}
