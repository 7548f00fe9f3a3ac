import { describe, expect, it } from '@jest/globals';
import { isOwnHost, specialAddress } from './ip-address.ts';

describe('specialAddress', () => {
  it('knows addresses that are no endpoints', () => {
    expect(['127.0.0.1', '127.255.3.4', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'].map(specialAddress)).toEqual(
      Array(5).fill('loopback'),
    );
    expect(['169.254.169.254', 'fe80::1', 'febf::2'].map(specialAddress)).toEqual(Array(3).fill('link-local'));
    expect(['0.0.0.0', '::', '0:0:0:0:0:0:0:0'].map(specialAddress)).toEqual(Array(3).fill('unspecified'));
    expect(['224.0.0.1', '239.1.1.1', 'ff02::1'].map(specialAddress)).toEqual(Array(3).fill('multicast'));
  });

  it('leaves all others alone', () => {
    expect(['10.0.0.1', '128.0.0.1', '240.0.0.1', '2001:db8::1', 'fd00::1', '::2', '1::1', 'example.com', ''].map(specialAddress)).toEqual(
      Array(9).fill(undefined),
    );
  });
});

describe('isOwnHost', () => {
  it('knows names and addresses of the host itself', () => {
    expect(
      ['localhost', 'LOCALHOST.', 'a.localhost', 'localhost.localdomain', '127.1.2.3', '[::1]', '0.0.0.0'].map(isOwnHost),
    ).not.toContain(false);
    expect(['localhost.example.com', 'mylocalhost', 'db.example.com', '10.0.0.1'].map(isOwnHost)).not.toContain(true);
  });
});
