import { permitTarget } from '../../../src/destinations/permit';
import { isPublicAddress } from '../../../src/destinations/public-address';
import { parseAllowedHosts } from '../../../src/lib/allowed-host';

const permit = (url: string, allowed: string) => permitTarget(url, parseAllowedHosts(allowed) ?? []);

describe('a host that the operator names', () => {
  test.each([
    ['by https on 443', 'https://api.example.com/v2/x?y=1', 'api.example.com', false],
    ['in any case', 'https://API.example.com/', 'api.EXAMPLE.com', false],
    ['as a public address', 'https://8.8.8.8/', '8.8.8.8', false],
    ['with its port', 'https://api.example.com:8443/', 'api.example.com:8443', true],
    ['with its port, by plain http', 'http://api.example.com:8080/', 'api.example.com:8080', true],
    ['as a private address with its port', 'https://10.0.0.7/', '10.0.0.7:443', true],
    ['as the loopback with its port', 'http://127.0.0.1:4300/', 'a.example,127.0.0.1:4300', true],
    ['as the loopback of IPv6', 'http://[::1]:4300/', '[::1]:4300', true],
  ])('may be called %s', (_how, url, allowed, mayBePrivate) => {
    expect(permit(url, allowed)).toMatchObject({ kind: 'granted', mayBePrivate });
  });
});

describe('nothing may be sent', () => {
  test.each([
    ['where no host is named', 'https://api.example.com/', ''],
    ['to another host', 'https://evil.example/', 'api.example.com'],
    ['to a host below', 'https://x.api.example.com/', 'api.example.com'],
    ['to a host that ends so', 'https://evilapi.example.com/', 'api.example.com'],
    ['to a name with a dot behind', 'https://api.example.com./', 'api.example.com'],
    ['to another port', 'https://api.example.com:8443/', 'api.example.com'],
    ['by plain http', 'http://api.example.com/', 'api.example.com'],
    ['by plain http on 443', 'http://api.example.com:443/', 'api.example.com'],
    ['by another scheme', 'ftp://api.example.com/', 'api.example.com'],
    ['to a file', 'file:///etc/passwd', 'api.example.com'],
    ['with a user', 'https://a:b@api.example.com/', 'api.example.com'],
    ['with the host as a user', 'https://api.example.com@evil.example/', 'api.example.com'],
    ['behind a backslash', 'https://evil.example\\@api.example.com/', 'api.example.com'],
    ['to no URL', '/v2/x', 'api.example.com'],
    ['to the loopback without its port', 'https://127.0.0.1/', '127.0.0.1'],
    ['to the loopback in decimal', 'https://2130706433/', '127.0.0.1,2130706433'],
    ['to the loopback in octal', 'https://0177.0.0.1/', '127.0.0.1'],
    ['to the loopback in hexadecimal', 'https://0x7f000001/', '127.0.0.1'],
    ['to the short loopback', 'https://127.1/', '127.0.0.1'],
    ['to the loopback in wide digits', 'https://①②⑦.0.0.1/', '127.0.0.1'],
    ['to the mapped loopback', 'https://[::ffff:127.0.0.1]/', '[::ffff:127.0.0.1]'],
    ['to the loopback behind NAT64', 'https://[64:ff9b::7f00:1]/', '[64:ff9b::7f00:1]'],
    ['to the metadata of the cloud', 'https://169.254.169.254/', '169.254.169.254'],
    ['to another port of the loopback', 'http://127.0.0.1:4001/', '127.0.0.1:4300'],
    ['to the loopback by another name', 'http://localhost:4300/', '127.0.0.1:4300'],
  ])('%s', (_how, url, allowed) => {
    expect(permit(url, allowed)).toMatchObject({ kind: 'denied' });
  });

  test('and it is said what the operator would have to set', () => {
    expect(permit('https://api.linkedin.com/v2/dmpSegments', '')).toEqual({
      kind: 'denied',
      message: 'This gateway may not send anything to api.linkedin.com.',
      hint: 'If it is meant, the operator of the gateway adds api.linkedin.com to TEMPLATE_ALLOWED_HOSTS.',
    });
    expect(permit('http://127.0.0.1:4300/', 'api.linkedin.com')).toMatchObject({
      hint: expect.stringContaining('adds 127.0.0.1:4300 to TEMPLATE_ALLOWED_HOSTS') as string,
    });
  });
});

test.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001::200e'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.0.9'],
  ['loopback', '::1'],
  ['private', '10.0.0.1'],
  ['private', '172.31.255.255'],
  ['private', '192.168.1.1'],
  ['private', 'fd00::1'],
  ['link-local', '169.254.169.254'],
  ['link-local', 'fe80::1'],
  ['link-local', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['this network', '0.0.0.0'],
  ['unspecified', '::'],
  ['multicast', '224.0.0.1'],
  ['multicast', 'ff02::1'],
  ['broadcast', '255.255.255.255'],
  ['reserved', '240.0.0.1'],
  ['benchmarking', '198.18.0.1'],
  ['documentation', '203.0.113.1'],
  ['documentation', '2001:db8::1'],
  ['protocol assignments', '192.0.0.170'],
  ['IPv4-mapped', '::ffff:127.0.0.1'],
  ['IPv4-mapped', '::ffff:8.8.8.8'],
  ['IPv4-compatible', '::7f00:1'],
  ['IPv4-translated', '::ffff:0:7f00:1'],
  ['NAT64', '64:ff9b::a00:1'],
  ['local NAT64', '64:ff9b:1::a00:1'],
  ['6to4', '2002:7f00:1::'],
  ['Teredo', '2001::1'],
  ['discard', '100::1'],
  ['no address', 'localhost'],
  ['no address', ''],
])('an address of the kind %s, %s, is not public', (_kind, address) => {
  expect(isPublicAddress(address)).toBe(false);
});
