import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { networkOf } from '../../src/network.ts';

describe('what limits go by', () => {
  it('is the address itself where it is of IPv4, however it is spelled', () => {
    assert.equal(networkOf('198.51.100.7'), '198.51.100.7');
    assert.equal(networkOf('::ffff:198.51.100.7'), '198.51.100.7');
    assert.equal(networkOf('::FFFF:198.51.100.7'), '198.51.100.7');
  });

  it('is one for all addresses of a network of IPv6', () => {
    const network = '2001:db8:0:7::/64';
    for (const address of [
      '2001:db8:0:7::1',
      '2001:DB8:0:7:ffff:ffff:ffff:ffff',
      '2001:0db8:0000:0007:0000:0000:0000:0001',
      '2001:db8:0:7:8000::',
      '2001:db8:0:7::1%eth0',
      '2001:db8::7:1:2:3:4',
    ]) {
      assert.equal(networkOf(address), network, address);
    }
  });

  it('is another for another network', () => {
    assert.equal(networkOf('2001:db8:0:8::1'), '2001:db8:0:8::/64');
    assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0::/64');
    assert.equal(networkOf('::1'), '0:0:0:0::/64');
    assert.equal(networkOf('fe80::1'), 'fe80:0:0:0::/64');
  });
});
