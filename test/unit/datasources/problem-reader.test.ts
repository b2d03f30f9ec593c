import { readProblem, scrub } from '../../../src/datasources/problem-reader';

const million = 1_000_000;

describe('scrub', () => {
  it('takes addresses, credentials and e-mails out of a sentence, and leaves orgs in', () => {
    expect(
      scrub(
        'See https://a.b/c?d=e, -http://x: ada@example.com of ADA@AdobeOrg sent Bearer abc and eyJhbGciOiJ.e.f',
      ),
    ).toBe('See [address] [address] [e-mail] of ADA@AdobeOrg sent [credential] and [credential]');
  });

  it.each([
    ['a', 'a'.repeat(million)],
    ['a.', 'a.'.repeat(million / 2)],
    ['a@', 'a@'.repeat(million / 2)],
    ['eyJ', 'eyJ-'.repeat(million / 4)],
  ])('reads a megabyte of %s in no time', (_name, text) => {
    const startedMs = performance.now();
    expect(scrub(text).length).toBeLessThanOrEqual(500);
    expect(performance.now() - startedMs).toBeLessThan(100);
  });

  it('shows no part of a secret that the cut goes through', () => {
    const text = `${'https://a.example/'.padEnd(1_985, 'x')} to ada@example.com`;
    expect(scrub(text)).toBe('[address] to…');
  });
});

describe('readProblem', () => {
  it('reads a megabyte of capitals as a type in no time', () => {
    const startedMs = performance.now();
    expect(readProblem({ type: 'A'.repeat(million), title: 'No' }).errorCode).toBeNull();
    expect(performance.now() - startedMs).toBeLessThan(100);
  });
});
