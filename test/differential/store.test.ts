import {
  definition,
  ingest,
  segmentJob,
  snapshotOf,
  StoreFixture,
  tenant,
} from '../unit/platform/store/support';
import { checkPql, compileRules, parsePql } from '../../src/pql';
import { plainRule } from '../../src/platform/store/merge-rule';
import type { PlatformStore } from '../../src/platform/store/platform-store';
import { matchesNaively } from '../support/naive/evaluate';
import type { Person } from '../support/people-database';
import { compareEvaluators, type HeldPeople, type Outcome } from './compare';
import { typeOf } from './domain';
import { madeUpPeople } from './made-up-people';
import { madeUpRules } from './made-up-rules';
import { clocks, worldAt, type World } from './world';

const seed = 77;
const ofClock = worldAt(clocks[0] ?? '');
/** Identities are the store's to merge, and what it makes of them is not what was sent. */
const { identityMap: _identityMap, ...fields } = ofClock.profile.fields;
const world: World = { ...ofClock, profile: { kind: 'object', fields } };

const identityOf = (name: string): object => ({ identityMap: { Email: [{ id: name, primary: true }] } });

/** As an import may bring it: who it is, its own id, and times with another offset from UTC. */
function importable(entity: unknown, id: string, person: string): object {
  const text = JSON.stringify({ ...(entity as object), ...identityOf(person), _id: id });
  const moved = text.replaceAll(/"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/gu, (_whole, time: string) => {
    const there = new Date(Date.parse(time) + 2 * 3_600_000).toISOString();
    return JSON.stringify(there.replace('Z', '+02:00'));
  });
  return JSON.parse(moved) as object;
}

const people: readonly Person[] = madeUpPeople(world, { seed, count: 60 }).map(
  ({ name, profile, events = [] }) => ({
    name,
    profile: importable(profile, name, name),
    events: events.map((event, index) => importable(event, `${name}-${index}`, name)),
  }),
);

async function filledStore(fixture: StoreFixture): Promise<PlatformStore> {
  const store = await fixture.open();
  const own = (entity: 'profile' | 'event') => {
    const domain = world[entity].fields['_acme'];
    if (domain === undefined) throw new Error('The world has own fields');
    return { entity, path: '_acme', type: typeOf(domain) };
  };
  await (await store.profileData(tenant)).addFields([own('profile'), own('event')]);
  const reports = [
    await ingest({ store, entity: 'profile', lines: people.map(({ profile }) => profile as object) }),
    await ingest({ store, entity: 'event', lines: people.flatMap(({ events = [] }) => events as object[]) }),
  ];
  expect(reports.map(({ batch }) => batch.failedRecordCount)).toEqual([0, 0]);
  return store;
}

/** The people of the store, in the order of the names that they were sent with. */
async function heldBy(store: PlatformStore): Promise<HeldPeople> {
  const data = await store.profileData(tenant);
  const session = await data.openSample({ signal: new AbortController().signal });
  const names = await session.rows('SELECT "#pid" AS pid, "_id" AS name FROM profile');
  const pidOf = new Map(names.map(({ pid, name }) => [name, Number(pid)]));
  return {
    rows: async (pass) => {
      const values = { ...pass.parameters, pid_from: 0, pid_to: session.profiles };
      const rows = await session.rows(session.passSql(pass), values);
      const byPid = new Map(rows.map((row) => [Number(row['#pid']), row]));
      return people.map(({ name }) => byPid.get(pidOf.get(name) ?? -1));
    },
    close: () => session.close(),
  };
}

describe('people who were imported', () => {
  const fixture = new StoreFixture();
  const rules = madeUpRules(world, { seed, count: 150 });
  let store: PlatformStore;
  beforeAll(async () => {
    store = await filledStore(fixture);
  });
  afterAll(() => fixture.dispose());

  it('are to every made-up rule what the evaluator says that they are as they were sent', async () => {
    const outcome: Outcome = await compareEvaluators(world, { rules, people, hold: () => heldBy(store) });
    expect(
      outcome.disagreements.map(({ pql, person, naive, sql }) => ({ pql, person: person.name, naive, sql })),
    ).toEqual([]);
    expect(outcome.pairCount).toBeGreaterThan(4_000);
    expect(outcome.matchCount).toBeGreaterThan(1_000);
  });

  it('are members of segments accordingly when a job is done', async () => {
    const checked = rules
      .flatMap((text) => checkPql(text, { schema: world.schema, unknownAttributes: 'error' }).rule ?? [])
      .slice(0, 20);
    const segmentIds = checked.map((_, index) => `made-up-${index}`);
    const segments = segmentIds.map((id) => definition({ id, name: id }));
    for (const one of segments) await store.segmentDefinitions.insert(tenant, one);
    const job = segmentJob({ id: 'made-up', status: 'PROCESSING', segments: segments.map(snapshotOf) });
    await store.segmentJobs.insert(tenant, job);
    const done = await (
      await store.profileData(tenant)
    ).evaluate({
      job,
      passes: [{ mergeRule: plainRule, slices: [{ segmentIds, pass: compileRules(checked, world) }] }],
      at: world.now.getTime(),
      signal: new AbortController().signal,
    });
    const expected = checked.map(({ text }) => {
      const { query } = parsePql(text);
      return people.filter((person) => query !== null && matchesNaively(query, person, world)).length;
    });
    expect(segmentIds.map((id) => done?.counters?.bySegment[id]?.members ?? 0)).toEqual(expected);
  });
});
