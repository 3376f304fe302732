import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRedisAddress } from '../../adapters/redis/address.ts';

describe('the address of Redis', () => {
  it('is that of one server', () => {
    assert.deepEqual(readRedisAddress('redis://user:p%40s%2Fs:word@cache.example:7000/3'), {
      login: { username: 'user', password: 'p@s/s:word' },
      secure: false,
      to: { host: 'cache.example', port: 7000, db: 3 },
    });
    assert.deepEqual(readRedisAddress('rediss://[::1]/'), {
      login: {},
      secure: true,
      to: { host: '::1', port: 6379, db: 0 },
    });
  });

  it('is that of sentinels and the name of their set', () => {
    assert.deepEqual(readRedisAddress('sentinel://:p%2Cw@a,[::1]:26380,c:1/main%20set'), {
      login: { password: 'p,w' },
      secure: false,
      to: {
        sentinels: [
          { host: 'a', port: 26379 },
          { host: '::1', port: 26380 },
          { host: 'c', port: 1 },
        ],
        name: 'main set',
      },
    });
    assert.equal(readRedisAddress('sentinels://a/main')?.secure, true);
  });

  it('is nothing else', () => {
    for (const url of [
      'redis://',
      'redis://a/x',
      'sentinel://a',
      'sentinel://a,/m',
      'redis://%@a',
      'http://a',
    ])
      assert.equal(readRedisAddress(url), undefined, url);
  });
});
