import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writeLinkMail } from '../../adapters/mail/link-mail.ts';
import { createSmtpMailer } from '../../adapters/mail/smtp-mailer.ts';
import { LANGUAGES } from '../../src/language.ts';
import type { Mail } from '../../src/ports.ts';
import { startMailServer } from '../support/mail-server.ts';

const MAIL: Mail = {
  to: 'a@example.com',
  purpose: 'activation',
  language: 'en',
  userId: 'usr-a',
  token: 'T'.repeat(43),
  expireTime: Date.UTC(2026, 10, 24, 15, 4),
};
const FROM = 'jobgate@example.com';

describe('the mailer', () => {
  for (const to of [
    'a@example.com\r\nBcc: b@example.com',
    'a@example.com\nX-Header: x',
    'a@example.com, b@example.com',
    'A <a@example.com>',
    'a@example.com>\r\nRCPT TO:<b@example.com',
    '"a b"@example.com',
    '',
  ]) {
    it(`sends nothing to ${JSON.stringify(to)}`, async () => {
      await using server = await startMailServer();
      const mailer = createSmtpMailer({ url: server.url, from: FROM, publicUrl: undefined });
      await assert.rejects(mailer.send({ ...MAIL, to }));
      assert.equal(server.mails.length, 0);
    });
  }

  it('lets no user id become a header', async () => {
    await using server = await startMailServer();
    const mailer = createSmtpMailer({ url: server.url, from: FROM, publicUrl: undefined });
    await mailer.send({ ...MAIL, userId: 'usr-a\r\nBcc: b@example.com\r\n\r\nhello' });
    const mail = await server.mailTo('a@example.com');
    assert.equal(mail.headers.has('bcc'), false);
    assert.deepEqual(mail.to, ['a@example.com']);
  });

  it('shows its password to no server that does not encrypt, unless it is on this machine', async () => {
    let tried = 0;
    await using server = await startMailServer({
      authOptional: false,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth({ username, password }, _session, done) {
        tried++;
        done(null, username === 'name' && password === 'pass word' ? { user: 'name' } : undefined);
      },
    });
    const url = new URL(server.url);
    url.username = 'name';
    url.password = 'pass word';
    await createSmtpMailer({ url: url.href, from: FROM, publicUrl: undefined }).send(MAIL);
    assert.deepEqual([server.mails.length, tried], [1, 1]);
    // The same place by a name that is not known to be this machine.
    const elsewhere = url.href.replace('127.0.0.1', '0.0.0.0');
    const sending = createSmtpMailer({ url: elsewhere, from: FROM, publicUrl: undefined }).send(MAIL);
    await assert.rejects(sending, { code: 'ETLS' });
    assert.deepEqual([server.mails.length, tried], [1, 1]);
  });

  it('finds out whether the server can be reached and takes the credentials', async () => {
    await using server = await startMailServer();
    await createSmtpMailer({ url: server.url, from: FROM, publicUrl: undefined }).verify();
    const away = createSmtpMailer({ url: 'smtp://127.0.0.1:1', from: FROM, publicUrl: undefined });
    await assert.rejects(away.verify());
  });
});

describe('the text of a mail', () => {
  for (const language of LANGUAGES) {
    for (const purpose of ['activation', 'reset'] as const) {
      it(`has user, link and end of a mail of ${purpose} in ${language}`, () => {
        const { subject, text } = writeLinkMail(
          { ...MAIL, language, purpose },
          'https://console.example.com/',
        );
        const page = purpose === 'activation' ? 'activate' : 'reset_password';
        assert.ok(text.includes('usr-a'));
        assert.ok(text.split('\n').includes(`https://console.example.com/${page}#token=${MAIL.token}`));
        assert.ok(text.includes('2026-11-24 15:04 UTC'));
        assert.match(subject, language === 'zh' ? /[\u4e00-\u9fff]/ : /^[\x20-\x7e]+$/);
      });

      it(`tells the token of a mail of ${purpose} in ${language} where there are no pages`, () => {
        const { text } = writeLinkMail({ ...MAIL, language, purpose }, undefined);
        assert.ok(text.split('\n').includes(MAIL.token));
        assert.match(text, /POST \/v1\/users\/(activate|reset_password)/);
      });
    }
  }
});
