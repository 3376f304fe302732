import { generateKeyPair, randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Config } from './config.ts';

/** The keys of the gateway itself. */
export interface OwnKeys {
  /** What the secrets of access keys are encrypted with, the newest first; undefined: access keys cannot be used. */
  readonly encryptionKeys: readonly Buffer[] | undefined;
  /** PEM; undefined: passwords cannot be encrypted. */
  readonly passwordPrivateKey: string | undefined;
}

/**
 * The keys of the settings. The embedded store makes those that are not set once, in its folder, where nobody else
 * reads them; a database server's must be set, since every instance needs the same.
 */
export async function ownKeys(config: Config): Promise<OwnKeys> {
  const { keyEncryptionKeys, passwordPrivateKey, dataDir } = config;
  if (config.databaseUrl !== undefined) return { encryptionKeys: keyEncryptionKeys, passwordPrivateKey };
  const encryptionKeys = keyEncryptionKeys ?? [
    Buffer.from(await readOrMake(join(dataDir, 'key-encryption-key'), makeKey), 'base64'),
  ];
  return {
    encryptionKeys,
    passwordPrivateKey:
      passwordPrivateKey ?? (await readOrMake(join(dataDir, 'password-key.pem'), makePrivateKey)),
  };
}

async function makeKey(): Promise<string> {
  return randomBytes(32).toString('base64');
}

async function makePrivateKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return privateKey;
}

async function readOrMake(file: string, make: () => Promise<string>): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (thrown) {
    if ((thrown as { code?: string }).code !== 'ENOENT') throw thrown;
  }
  // Whole or not at all: another process of the same folder may look while this one writes. Containers that share the
  // folder may share their process ids as well.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${await make()}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(draft, file);
  } catch (thrown) {
    if ((thrown as { code?: string }).code !== 'EEXIST') throw thrown;
  } finally {
    await unlink(draft);
  }
  return (await readFile(file, 'utf8')).trim();
}
