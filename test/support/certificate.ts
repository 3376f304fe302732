import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Makes `key.pem` and `fullchain.pem` in a folder: a certificate for 127.0.0.1 that signs itself; answers it. */
export async function makeCertificate(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const certificate = join(folder, 'fullchain.pem');
  await promisify(execFile)(
    'openssl',
    [
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
      ['-keyout', join(folder, 'key.pem'), '-out', certificate],
      ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ].flat(),
  );
  return readFile(certificate, 'utf8');
}
