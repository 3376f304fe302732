import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readConfig } from '../../bin/config.ts';
import { ownKeys } from '../../bin/own-keys.ts';
import { temporaryFolder } from '../support/folder.ts';

const KEY = Buffer.alloc(32, 'a').toString('base64');
const DATABASE_URL = 'mysql://root@127.0.0.1:1/none';

describe('the keys of a gateway', () => {
  it('are made once by the embedded store, for its owner alone', async () => {
    await using folder = await temporaryFolder();
    const config = readConfig({ DATA_DIR: folder.path });
    const made = await ownKeys(config);
    assert.equal(made.encryptionKeys?.[0]?.length, 32);
    assert.match(made.passwordPrivateKey ?? '', /^-----BEGIN PRIVATE KEY-----/);
    const names = (await readdir(folder.path)).toSorted();
    assert.deepEqual(names, ['key-encryption-key', 'password-key.pem']);
    for (const name of names) {
      assert.equal((await stat(join(folder.path, name))).mode & 0o777, 0o600, name);
    }
    assert.deepEqual(await ownKeys(config), made);
  });

  it('are the same for all who start at once, in one process or with one process id each', async () => {
    await using folder = await temporaryFolder();
    const config = readConfig({ DATA_DIR: folder.path });
    const all = await Promise.all(Array.from({ length: 12 }, () => ownKeys(config)));
    const text = await readFile(join(folder.path, 'key-encryption-key'), 'utf8');
    const pem = await readFile(join(folder.path, 'password-key.pem'), 'utf8');
    for (const { encryptionKeys, passwordPrivateKey } of all) {
      assert.deepEqual(encryptionKeys, [Buffer.from(text, 'base64')]);
      assert.equal(passwordPrivateKey, pem.trim());
    }
    assert.equal((await readdir(folder.path)).length, 2);
  });

  it('are those of the settings where there are some', async () => {
    await using folder = await temporaryFolder();
    const embedded = readConfig({ DATA_DIR: folder.path, KEY_ENCRYPTION_KEY: `${KEY}, ${KEY}` });
    assert.deepEqual((await ownKeys(embedded)).encryptionKeys, [
      Buffer.alloc(32, 'a'),
      Buffer.alloc(32, 'a'),
    ]);
    assert.ok(!(await readdir(folder.path)).includes('key-encryption-key'));
    const servers = readConfig({ DATABASE_URL, KEY_ENCRYPTION_KEY: KEY });
    assert.deepEqual(await ownKeys(servers), {
      encryptionKeys: [Buffer.alloc(32, 'a')],
      passwordPrivateKey: undefined,
    });
  });

  it('are never made for a database server, whose instances need the same', async () => {
    await using folder = await temporaryFolder();
    const config = readConfig({ DATABASE_URL, DATA_DIR: folder.path });
    assert.deepEqual(await ownKeys(config), { encryptionKeys: undefined, passwordPrivateKey: undefined });
    assert.deepEqual(await readdir(folder.path), []);
  });
});
