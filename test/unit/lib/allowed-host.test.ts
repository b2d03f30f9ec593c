import { parseAllowedHosts } from '../../../src/lib/allowed-host';

test.each([
  ['', []],
  ['api.linkedin.com', [{ hostname: 'api.linkedin.com', port: null }]],
  [
    ' API.LinkedIn.com , 127.0.0.1:4300',
    [
      { hostname: 'api.linkedin.com', port: null },
      { hostname: '127.0.0.1', port: 4300 },
    ],
  ],
  ['[::1]:80', [{ hostname: '[::1]', port: 80 }]],
  ['münchen.example', [{ hostname: 'xn--mnchen-3ya.example', port: null }]],
  ['2130706433:80', [{ hostname: '127.0.0.1', port: 80 }]],
])('"%s" names hosts', (text, hosts) => {
  expect(parseAllowedHosts(text)).toEqual(hosts);
});

test.each(['*', '*.linkedin.com', 'https://a.example', 'a.example/x', 'a.example:0', 'a.example:65536'])(
  '"%s" names no host',
  (text) => {
    expect(parseAllowedHosts(text)).toBeUndefined();
  },
);

test.each(['a,,b', 'a b', 'user@a.example', 'a.example:', '::1', 'a.example:80:80', '%2e', 'a.example,'])(
  '"%s" names no hosts either',
  (text) => {
    expect(parseAllowedHosts(text)).toBeUndefined();
  },
);
