import { scrubProse } from '../../../src/lib/scrub-prose';

const million = 1_000_000;

describe('what another system says', () => {
  it.each([
    [
      'See https://a.b/c?d=e, -http://x: ada@example.com of ADA@AdobeOrg sent Bearer abc and eyJhbGciOiJ.e.f',
      'See [address] [address] [e-mail] of ADA@AdobeOrg sent [credential] and [credential]',
    ],
    ['No merge policy at com.adobe.Foo(Foo.java:12) at x', 'No merge policy [stack]'],
    ['Failed.\n\tat com.adobe.Foo$Bar.<init>(Foo.java:12)\n\tat b.C.d(Native Method)', 'Failed. [stack]'],
    ['x Caused by: java.io.IOException: gone', 'x [stack]'],
    ['TypeError: no at run (/srv/app/index.js:3:9)', 'TypeError: no [stack]'],
    ['Traceback (most recent call last): File "a.py", line 3', '[stack]'],
    ['failed: SELECT * FROM users WHERE a=1', 'failed: [statement]'],
    ['failed: select id, name from users', 'failed: [statement]'],
    ['in INSERT INTO users VALUES (1)', 'in [statement]'],
    ['host db-7.internal.adobe.net:5432 10.0.0.5', 'host [address] [address]'],
    ['db-7.internal.adobe.net and localhost:8080, at 10.0.0.5.', '[address] and [address], at [address].'],
    ['from fe80::1ff:fe23:4567:890a to ::', 'from [address] to ::'],
    ['no route to db-7.prod.adobe.io, nor to a.b.windows.net.', 'no route to [address], nor to [address].'],
    [
      'getaddrinfo ENOTFOUND db-master and host worker-12 is gone',
      'getaddrinfo ENOTFOUND [address] and host [address] is gone',
    ],
    ['client_secret=p8e-ab, token: 9fd1c2ab77aa', 'client_secret=[credential], token: [credential]'],
    ['Failed.\u2028\tat com.adobe.Foo.run(Foo.java:12)\u2028more', 'Failed. [stack]'],
    ['cannot open /var/lib/adobe/x.conf', 'cannot open [path]'],
    ['cannot open "/abc/part-0.parquet" or C:\\keys\\a', 'cannot open "[path]" or [path]'],
  ])('is shown without what is its own affair: %j', (prose, shown) => {
    expect(scrubProse(prose)).toBe(shown);
  });

  it.each([
    'Unknown attribute "homeAddress.country" at line 1, column 12. Did you mean "homeAddress.city"?',
    'The value at /expression/value must be text',
    'UPS-MRG-1000001: no merge policy 1.2.3 at 12:30:05 (status: 404)',
    'select a from xEvent where a.timestamp occurs < 3 days before now',
    'Select a segment from the list, or delete from it what you do not need',
    'rate 1/2 is too high; update the schedule, set its cron',
    'The token: it has ended. Unknown attribute "person.name.firstName" of "_acme.loyalty"',
    'The host is not known; node 5 of the rule "productListItems.SKU"',
    'urn:li:sponsoredAccount:1 and a::b',
    'At most 20 (of 30) profiles',
  ])('keeps its words otherwise: %j', (prose) => {
    expect(scrubProse(prose)).toBe(prose);
  });

  it.each([
    ...['a', 'a.', 'a@', 'eyJ-', '/a', 'at ', 'SELECT ', 'select a,', 'a:', '1.', 'f:', 'at a(', '/var/'],
    ...['create ', 'a-', 'Caused by', '\\', 'at a.', '/a.', 'a-1', 'token:', 'host a-'],
  ])('is read in no time: a megabyte of %j', (text) => {
    const startedMs = performance.now();
    expect(scrubProse(text.repeat(million / text.length)).length).toBeLessThanOrEqual(500);
    expect(scrubProse(text.repeat(Math.floor(2_000 / text.length))).length).toBeLessThanOrEqual(500);
    expect(performance.now() - startedMs).toBeLessThan(200);
  });

  it('shows no part of a secret that the cut goes through', () => {
    const text = `${'https://a.example/'.padEnd(1_985, 'x')} to ada@example.com`;
    expect(scrubProse(text)).toBe('[address] to…');
  });
});
