import { generateDemo } from '../../../../src/platform/demo/generate-demo';

interface DemoProfile {
  readonly homeAddress: { readonly countryCode: string };
  readonly identityMap: Readonly<
    Record<string, readonly { readonly id: string; readonly primary: boolean }[]>
  >;
}
interface DemoEvent {
  readonly _id: string;
  readonly timestamp: string;
  readonly identityMap: Readonly<Record<string, readonly { readonly id: string }[]>>;
}

const endsAt = Date.UTC(2026, 10, 21);
const size = { profiles: 2_000, seed: 7, endsAt };
const read = <T>(lines: Iterable<string>): T[] => [...lines].map((line) => JSON.parse(line) as T);

describe('generateDemo', () => {
  const profiles = read<DemoProfile>(generateDemo(size).profiles());
  const events = read<DemoEvent>(generateDemo(size).events());

  it('gives the same lines for the same seed', () => {
    expect([...generateDemo(size).events()]).toEqual(events.map((event) => JSON.stringify(event)));
  });

  it('gives other lines for another seed', () => {
    expect([...generateDemo({ ...size, seed: 8 }).profiles()]).not.toEqual(
      profiles.map((profile) => JSON.stringify(profile)),
    );
  });

  it('lets people live in five countries', () => {
    expect(new Set(profiles.map(({ homeAddress }) => homeAddress.countryCode))).toEqual(
      new Set(['US', 'DE', 'FR', 'GB', 'JP']),
    );
  });

  it('gives each profile exactly one primary identity, of several namespaces over all', () => {
    const identities = profiles.map(({ identityMap }) => Object.values(identityMap).flat());
    expect(identities.every((list) => list.filter(({ primary }) => primary).length === 1)).toBe(true);
    expect(new Set(profiles.flatMap(({ identityMap }) => Object.keys(identityMap)))).toEqual(
      new Set(['Email', 'ECID', 'Phone']),
    );
  });

  it('makes about ten events a profile', () => {
    expect(events.length / profiles.length).toBeGreaterThan(9);
    expect(events.length / profiles.length).toBeLessThan(11);
  });

  it('puts every event into the 90 days before the end', () => {
    const times = events.map(({ timestamp }) => Date.parse(timestamp));
    expect(Math.max(...times)).toBeLessThan(endsAt);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(endsAt - 90 * 86_400_000 - 1);
  });

  it('gives every event an id of its own', () => {
    expect(new Set(events.map(({ _id }) => _id)).size).toBe(events.length);
  });

  it('names in each event a person who has a profile', () => {
    const known = new Set(
      profiles.flatMap(({ identityMap }) =>
        Object.values(identityMap)
          .flat()
          .map(({ id }) => id),
      ),
    );
    expect(
      events.every(({ identityMap }) =>
        Object.values(identityMap)
          .flat()
          .every(({ id }) => known.has(id)),
      ),
    ).toBe(true);
  });
});
