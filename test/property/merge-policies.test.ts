import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, fc } from '../support/fast-check';
import type { MergeRule, Tenant } from '../../src/platform/records';
import { openStore } from '../../src/platform/store/open-store';
import type { PlatformStore } from '../../src/platform/store/platform-store';
import { mergeNaively, type NaivePerson, type NaiveRow } from '../support/naive-merge';

const datasets = ['a', 'b', 'c'].map((letter) => letter.repeat(24));

const identity = fc
  .tuple(fc.constantFrom('ecid', 'email', 'phone'), fc.integer({ min: 1, max: 5 }))
  .map(([namespace, number]) => `${namespace}:${number}`);

/** As an identityMap holds them: those of the first one's namespace, then those of the next. */
function inMapOrder(identities: readonly string[]): string[] {
  const namespaces = [...new Set(identities.map((each) => each.split(':')[0]))];
  return namespaces.flatMap((namespace) => identities.filter((each) => each.startsWith(`${namespace}:`)));
}

const attributes = fc.record(
  {
    city: fc.constantFrom('Basel', 'Bern', ''),
    age: fc.integer({ min: 0, max: 3 }),
    colours: fc.array(fc.constantFrom('red', 'blue'), { maxLength: 2 }),
    scores: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.integer({ min: 0, max: 9 }), { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);

const row = fc.record({
  entity: fc.constantFrom('profile' as const, 'event' as const),
  datasetId: fc.constantFrom(...datasets),
  // Mostly one, as in life, or all would be one person.
  identities: fc.oneof(
    { weight: 3, arbitrary: identity.map((one) => [one]) },
    { weight: 2, arbitrary: fc.uniqueArray(identity, { minLength: 2, maxLength: 3 }).map(inMapOrder) },
  ),
  eventId: fc.integer({ min: 1, max: 12 }).map((number) => `e${number}`),
  attributes,
});

const rules: fc.Arbitrary<MergeRule> = fc.record({
  identityGraph: fc.constantFrom('none', 'pdg'),
  attributeMerge: fc.oneof(
    fc.constant({ type: 'timestampOrdered' as const }),
    fc
      .uniqueArray(fc.constantFrom(...datasets), { minLength: 1, maxLength: 3 })
      .map((order) => ({ type: 'dataSetPrecedence' as const, order })),
  ),
});

describe('people merged by any rule', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'audience-merge-'));
  let store: PlatformStore;
  beforeAll(async () => {
    store = await openStore({ dataDir });
  });
  afterAll(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  let runs = 0;

  it('are those of the naive merge: who they are, what is known of them, and whose the events are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 6, maxLength: 30 }),
        fc.array(rules, { minLength: 3, maxLength: 5 }),
        async (rows, someRules) => {
          const tenant = { orgId: 'ACME@AdobeOrg', sandbox: `run-${(runs += 1)}` };
          await ingestInBatches(store, tenant, rows);
          for (const rule of someRules) {
            const expected = mergeNaively(rows, rule).map(textOf).sort();
            expect(await peopleOf(store, tenant, rule)).toEqual(expected);
          }
        },
      ),
      examples(3),
    );
  }, 300_000);
});

/** One batch for each stretch of rows of one kind and dataset, so that the order of the rows is that of the import. */
async function ingestInBatches(
  store: PlatformStore,
  tenant: Tenant,
  rows: readonly NaiveRow[],
): Promise<void> {
  const data = await store.profileData(tenant);
  await data.addFields([
    { entity: 'profile', path: '_acme.scores', type: { kind: 'map', values: { kind: 'integer' } } },
  ]);
  const stretches: NaiveRow[][] = [];
  for (const each of rows) {
    const last = stretches.at(-1);
    const [first] = last ?? [];
    if (last !== undefined && first?.entity === each.entity && first.datasetId === each.datasetId)
      last.push(each);
    else stretches.push([each]);
  }
  for (const [number, stretch] of stretches.entries()) {
    const [{ entity, datasetId }] = stretch as [NaiveRow];
    const at = 1_000_000 + number;
    const batch = {
      id: `batch-${number}`,
      datasetId,
      status: 'loaded',
      direction: 'input',
      recordCount: 0,
      failedRecordCount: 0,
      errors: [],
      files: [],
      createdAt: at,
      updatedAt: at,
    } as const;
    await store.batches.insert(tenant, batch);
    const file = join(await data.uploadFolder(batch.id), 'rows.json');
    writeFileSync(file, stretch.map((each) => JSON.stringify(xdmOf(each))).join('\n'));
    const { rejected } = await data.ingest({ batch, entity, files: [file], at });
    expect(rejected).toBe(0);
  }
}

function xdmOf({ entity, identities, eventId, attributes: known }: NaiveRow): object {
  const identityMap: Record<string, object[]> = {};
  for (const [place, each] of identities.entries()) {
    const [namespace = '', id = ''] = each.split(':');
    identityMap[namespace] = [...(identityMap[namespace] ?? []), { id, primary: place === 0 }];
  }
  if (entity === 'event') return { identityMap, _id: eventId, timestamp: '2026-01-01T00:00:00Z' };
  return {
    identityMap,
    homeAddress: { city: known?.city },
    person: { age: known?.age, favoriteColors: known?.colours },
    _acme: { scores: known?.scores },
  };
}

async function peopleOf(store: PlatformStore, tenant: Tenant, mergeRule: MergeRule): Promise<string[]> {
  const data = await store.profileData(tenant);
  const sample = await data.openSample({ mergeRule, signal: new AbortController().signal });
  try {
    const rows = await sample.rows(`
      SELECT "#has_record" AS has_record, to_json("identityMap")::VARCHAR AS ids,
        to_json(struct_pack(city := "homeAddress.city", age := "person.age", colours := "person.favoriteColors",
          scores := "_acme.scores"))::VARCHAR AS attributes,
        (SELECT to_json(list("_id" ORDER BY "_id"))::VARCHAR FROM event e WHERE e."#pid" = p."#pid") AS events
      FROM profile p`);
    expect(rows.length).toBe(sample.profiles);
    return rows
      .map((each): NaivePerson => ({
        hasRecord: each['has_record'] === true,
        identities: identitiesOf(JSON.parse(String(each['ids'])) as IdentityMap),
        attributes: withoutNulls(JSON.parse(String(each['attributes'])) as object),
        eventIds: (JSON.parse(String(each['events'])) as string[] | null) ?? [],
      }))
      .map(textOf)
      .sort();
  } finally {
    await sample.close();
  }
}

type IdentityMap = Readonly<Record<string, readonly { readonly id: string }[]>>;

function identitiesOf(map: IdentityMap): string[] {
  return Object.entries(map)
    .flatMap(([namespace, items]) => items.map(({ id }) => `${namespace}:${id}`))
    .sort();
}

function withoutNulls(known: object): object {
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null));
}

/** Equal for equal people. */
function textOf({ hasRecord, identities, attributes: known, eventIds }: NaivePerson): string {
  const { city, age, colours, scores } = known;
  const sorted =
    scores === undefined ? undefined : Object.entries(scores).sort(([a], [b]) => a.localeCompare(b));
  return JSON.stringify({ hasRecord, identities, city, age, colours, scores: sorted, eventIds });
}
