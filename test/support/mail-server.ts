import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { eventually } from './eventually.ts';

/** A mail as the server took it. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly headers: ReadonlyMap<string, string>;
  readonly subject: string;
  readonly body: string;
}

/** A mail server that takes what comes, on this machine alone. */
export interface MailServer extends AsyncDisposable {
  readonly url: string;
  readonly mails: readonly TakenMail[];
  /** The first mail to an address, once it is there, and the token that it brings. */
  mailTo(address: string, index?: number): Promise<TakenMail & { readonly token: string }>;
}

/** @param options what is different from a server that wants no credentials and knows no TLS */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: TakenMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    closeTimeout: 100,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.once('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const to = rcptTo.map(({ address }) => address);
        mails.push(readMail(Buffer.concat(chunks).toString(), mailFrom ? mailFrom.address : '', to));
        done();
      });
    },
    ...options,
  });
  // A client that goes away in the middle is no fault of the test.
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    async mailTo(address, index = 0) {
      const found = () => mails.filter((mail) => mail.to.includes(address))[index];
      await eventually(`mail ${index} to ${address} arrives`, () => found() !== undefined);
      const mail = found() as TakenMail;
      return { ...mail, token: /(?:#token=|^)([\w-]{43})$/m.exec(mail.body)?.[1] ?? '' };
    },
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

function readMail(raw: string, from: string, to: readonly string[]): TakenMail {
  const cut = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, cut)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const body = decodeBody(raw.slice(cut + 4), headers.get('content-transfer-encoding'));
  return { from, to, headers, subject: decodeWords(headers.get('subject') ?? ''), body };
}

function decodeBody(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString().replaceAll('\r\n', '\n');
  if (encoding === 'quoted-printable')
    return decodeQuoted(body.replaceAll('=\r\n', '')).replaceAll('\r\n', '\n');
  return body.replaceAll('\r\n', '\n');
}

function decodeQuoted(quoted: string): string {
  const bytes = quoted.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}

/** RFC 2047. */
function decodeWords(header: string): string {
  return header
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString()
        : decodeQuoted(word.replaceAll('_', ' ')),
    );
}
