import { createTransport } from 'nodemailer';
import { EMAIL_PATTERN } from '../../schemas/user.ts';
import type { Mailer } from '../../src/ports.ts';
import { writeLinkMail } from './link-mail.ts';

export interface SmtpSettings {
  /** `smtp://user:password@host:587` or `smtps://host:465` */
  readonly url: string;
  /** `name@example.com` or `Name <name@example.com>` */
  readonly from: string;
  /** Where the pages are that take a token; undefined: mails tell the token alone. */
  readonly publicUrl: string | undefined;
}

/** A server that says nothing for so long is given up on; in ms. */
const PATIENCE = {
  dnsTimeout: 5_000,
  connectionTimeout: 5_000,
  greetingTimeout: 5_000,
  socketTimeout: 10_000,
};

const ADDRESS = new RegExp(EMAIL_PATTERN, 'u');
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;

/** Mails by SMTP, each over a connection of its own. */
export function createSmtpMailer({ url, from, publicUrl }: SmtpSettings): Mailer & {
  /** Rejects where the server cannot be reached, or does not take the credentials. */
  verify(): Promise<void>;
} {
  const { username, hostname } = new URL(url);
  const transport = createTransport({
    url,
    ...PATIENCE,
    // A password goes through a network only where nobody on it can read it.
    requireTLS: username !== '' && !LOOPBACK.test(hostname),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      // Who makes addresses checks them; one that is two of them, or a header, is not sent even so.
      if (!ADDRESS.test(mail.to)) throw new Error('the address is none');
      // As an object: a text would be searched for several addresses.
      const to = { name: '', address: mail.to };
      await transport.sendMail({ from, to, ...writeLinkMail(mail, publicUrl) });
    },
    async verify() {
      await transport.verify();
    },
  };
}
