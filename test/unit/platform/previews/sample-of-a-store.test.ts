import { checkPql } from '../../../../src/pql';
import { estimateSize } from '../../../../src/platform/previews/estimate';
import type { PreviewProfile } from '../../../../src/platform/previews/preview';
import type { Findings } from '../../../../src/platform/previews/run-preview';
import { runPreview } from '../../../../src/platform/previews/run-preview';
import type { SamplingRule } from '../../../../src/platform/previews/sampling';
import type { ProfileData } from '../../../../src/platform/store/api/profile-data';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import { seededRandom } from '../../../support/seeded-random';
import { ingest, person, StoreFixture, tenant } from '../store/support';

const total = 3000;
const sampling: SamplingRule = { fullBelow: 100, size: 300, sizeUpTo: 1_000_000, share: 0.05 };
const cities = Array.from({ length: 20 }, (_, index) => `City ${index}`);

const fixture = new StoreFixture();
let store: PlatformStore;
let data: ProfileData;
/** People of each city, counted as they are made. */
const living = new Map<string, number>();

beforeAll(async () => {
  const random = seededRandom(7);
  // The first cities are large, the last ones have a few people.
  const cityOf = (): string => cities[Math.floor(cities.length * random() ** 2.5)] ?? '';
  const people = Array.from({ length: total }, (_, index) => {
    const city = cityOf();
    living.set(city, (living.get(city) ?? 0) + 1);
    return person(`person-${index}@example.com`, { homeAddress: { city } });
  });
  store = await fixture.open();
  await ingest({ store, entity: 'profile', lines: people });
  data = await store.profileData(tenant);
});
afterAll(() => fixture.dispose());

async function sample(city: string, sampleStart: number): Promise<readonly Findings[]> {
  return (await preview(city, sampleStart)).told;
}

async function preview(
  city: string,
  sampleStart: number,
): Promise<{ readonly told: readonly Findings[]; readonly profiles: readonly PreviewProfile[] }> {
  const schema = await data.schema();
  const { rule } = checkPql(`homeAddress.city = "${city}"`, { schema, unknownAttributes: 'error' });
  if (rule === null) throw new Error('the rule is right');
  const told: Findings[] = [];
  const request = {
    rule,
    segments: new Map(),
    mergeRule: { identityGraph: 'none', attributeMerge: { type: 'timestampOrdered' } },
  } as const;
  const profiles = await runPreview(data, request, {
    now: new Date('2026-11-22T00:00:00Z'),
    monotonic: () => 0,
    sampling,
    sampleStart,
    onChange: (found) => void told.push(found),
    signal: new AbortController().signal,
  });
  return { told, profiles };
}

describe('estimates from samples of a store', () => {
  it('hold the truth in their 95 % interval about as often as they say', async () => {
    let held = 0;
    let estimates = 0;
    for (const city of cities) {
      for (let start = 0; start < total; start += sampling.size) {
        const found = (await sample(city, start)).at(-1);
        if (found === undefined) throw new Error('a sample tells something');
        const { size, standardError } = estimateSize(found.tally);
        estimates += 1;
        if (Math.abs(size - (living.get(city) ?? 0)) <= 1.96 * standardError) held += 1;
      }
    }
    expect(estimates).toBe(200);
    expect(held / estimates).toBeGreaterThan(0.9);
    expect(held / estimates).toBeLessThanOrEqual(0.995);
  });

  it('count every profile once over samples that share none', async () => {
    let matched = 0;
    for (let start = 0; start < total; start += sampling.size) {
      matched += (await sample('City 0', start)).at(-1)?.tally.matched ?? 0;
    }
    expect(matched).toBe(living.get('City 0'));
  });

  it('tell the size of the sample before they read, and read all of it', async () => {
    const told = await sample('City 0', 0);
    expect(told[0]).toMatchObject({ sampleSize: 300, tally: { total, read: 0, matched: 0 } });
    expect(told.at(-1)?.tally).toMatchObject({ total, read: 300 });
  });

  it('list each match that they counted, on both sides of the last profile of the store', async () => {
    const { told, profiles } = await preview('City 0', total - 150);
    const matched = told.at(-1)?.tally.matched ?? 0;
    expect(matched).toBeGreaterThan(told[1]?.tally.matched ?? 0);
    expect(new Set(profiles.map(({ xid }) => xid)).size).toBe(matched);
  });
});
