import { passOfSql } from '../../../support/pass-of-sql';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MergePolicy, MergeRule, SegmentJob } from '../../../../src/platform/records';
import { tenantFolderName } from '../../../../src/platform/store/data-folder';
import { plainRule } from '../../../../src/platform/store/merge-rule';
import type { MergedPass } from '../../../../src/platform/store/api/evaluation';
import type { ProfileData } from '../../../../src/platform/store/api/profile-data';
import type { ReportProgress } from '../../../../src/platform/store/api/progress';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import { definition, ingest, person, segmentJob, snapshotOf, StoreFixture, tenant } from './support';

const linked: MergeRule = { identityGraph: 'pdg', attributeMerge: { type: 'timestampOrdered' } };
const signal = new AbortController().signal;

let fixture: StoreFixture;
let store: PlatformStore;
let data: ProfileData;
beforeEach(async () => {
  fixture = new StoreFixture();
  store = await fixture.open();
  data = await store.profileData(tenant);
});
afterEach(() => fixture.dispose());

const country = (countryCode: string): object => ({ homeAddress: { countryCode } });

/** A record of a phone that is linked to an email. */
const phoneOf = (phone: string, email: string, fields: object = {}): object => ({
  identityMap: { Phone: [{ id: phone, primary: true }], Email: [{ id: email }] },
  ...fields,
});

const generations = (): string[] =>
  readdirSync(join(fixture.dataDir, 'tenants', tenantFolderName(tenant), 'generations'));

function policy(changes: Partial<MergePolicy> = {}): MergePolicy {
  return {
    ...plainRule,
    id: 'policy',
    name: 'policy',
    schemaName: '_xdm.context.profile',
    isActiveOnEdge: false,
    isDefault: false,
    version: 1,
    updatedAt: 1,
    ...changes,
  };
}

function passOf(mergeRule: MergeRule, ...segmentIds: string[]): MergedPass {
  const rules = segmentIds.map(
    (_, index) => `coalesce("homeAddress.countryCode" = 'US', false) AS r${index}`,
  );
  const sql = `SELECT "#pid", ${rules.join(', ')} FROM profile WHERE "#pid" >= $pid_from AND "#pid" < $pid_to`;
  return { mergeRule, slices: [{ segmentIds, pass: passOfSql(sql, rules.length) }] };
}

let jobs = 0;

interface Run {
  readonly signal?: AbortSignal;
  readonly onProgress?: ReportProgress;
  readonly status?: SegmentJob['status'];
  readonly policyId?: string;
}

async function evaluate(passes: readonly MergedPass[], run: Run = {}): Promise<SegmentJob | undefined> {
  const { status = 'PROCESSING', policyId = 'default', ...rest } = run;
  const segments = [];
  for (const id of passes.flatMap(({ slices }) => slices.flatMap(({ segmentIds }) => segmentIds))) {
    const segment = definition({ id, name: id, mergePolicyId: policyId });
    if ((await store.segmentDefinitions.get(tenant, id)) === undefined)
      await store.segmentDefinitions.insert(tenant, segment);
    segments.push(snapshotOf(segment));
  }
  const job = segmentJob({ id: `job-${(jobs += 1)}`, status, segments });
  await store.segmentJobs.insert(tenant, job);
  return data.evaluate({ job, passes, at: 1_000_000, signal, ...rest });
}

async function statusOf(email: string, rule: MergeRule, segmentId = 'us'): Promise<unknown> {
  const found = await data.profileByIdentity({ namespace: 'Email', id: email }, rule);
  const of = (found?.entity['segmentMembership'] ?? {}) as { ups?: Record<string, { status: string }> };
  return of.ups?.[segmentId]?.status;
}

describe('the people of a merge rule', () => {
  it('are built when they are first asked for, and shared by all rules of equal meaning', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a'), phoneOf('1', 'a')] });
    expect(generations()).toHaveLength(1);
    expect(await data.counts(linked)).toEqual({ profiles: 1, events: 0 });
    const same: MergeRule = { ...linked, attributeMerge: { type: 'timestampOrdered', order: ['x'] } };
    expect(await data.counts(same)).toEqual({ profiles: 1, events: 0 });
    expect(generations()).toHaveLength(2);
  });

  it('are built anew after an import, and the former ones go', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a')] });
    await data.counts(linked);
    await ingest({ store, entity: 'profile', lines: [person('b'), phoneOf('1', 'b')] });
    expect(generations()).toHaveLength(1);
    expect(await data.counts(linked)).toEqual({ profiles: 2, events: 0 });
    expect(await data.counts()).toEqual({ profiles: 3, events: 0 });
    expect(generations()).toHaveLength(2);
  });

  it('are built once for all who wait for them', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a'), phoneOf('1', 'a')] });
    const found = await Promise.all(
      ['a', 'a', 'a'].map((id) => data.profileByIdentity({ namespace: 'email', id }, linked)),
    );
    expect(found.map((each) => each?.entity['identityMap'])).toEqual(
      found.map((): unknown => expect.objectContaining({ Phone: [expect.objectContaining({ id: '1' })] })),
    );
    expect(generations()).toHaveLength(2);
  });

  it('stay when the store is opened again', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a'), phoneOf('1', 'a')] });
    await data.counts(linked);
    const before = generations();
    await fixture.close();
    store = await fixture.open();
    data = await store.profileData(tenant);
    expect(await data.counts(linked)).toEqual({ profiles: 1, events: 0 });
    expect(generations()).toEqual(before);
  });

  it('are those of the default policy where no rule is named', async () => {
    await store.mergePolicies.change(tenant, (policies) => [
      ...policies.map((each) => ({ ...each, isDefault: false })),
      policy({ ...linked, isDefault: true }),
    ]);
    await ingest({ store, entity: 'profile', lines: [person('a'), phoneOf('1', 'a')] });
    expect(await data.counts()).toEqual({ profiles: 1, events: 0 });
    expect(generations()).toHaveLength(1);
  });

  it('are nobody where more than 50 identities are linked, over however many rows', async () => {
    const chain = (name: string, length: number): object[] =>
      Array.from({ length: length - 1 }, (_, number) => ({
        identityMap: { Phone: [{ id: `${name}${number}`, primary: true }, { id: `${name}${number + 1}` }] },
      }));
    await ingest({ store, entity: 'profile', lines: [...chain('a', 50), ...chain('b', 51), person('c')] });
    expect(await data.counts(linked)).toEqual({ profiles: 2, events: 0 });
    const last = await data.profileByIdentity({ namespace: 'Phone', id: 'a49' }, linked);
    expect((last?.entity['identityMap'] as { Phone: unknown[] }).Phone).toHaveLength(50);
    await expect(data.profileByIdentity({ namespace: 'PHONE', id: 'b50' }, linked)).rejects.toMatchObject({
      code: 'TOO_MANY_IDENTITIES',
    });
  });

  it('keep what a map says under a key of which a later record knows nothing', async () => {
    const links = (values: object): object => person('a', { _acme: { links: values } });
    const type = { kind: 'map', values: { kind: 'string' } } as const;
    await data.addFields([{ entity: 'profile', path: '_acme.links', type }]);
    await ingest({ store, entity: 'profile', lines: [links({ home: 'old', shop: 'old' })] });
    await ingest({ store, entity: 'profile', lines: [links({ home: null, shop: 'new', blog: null })] });
    const found = await data.profileByIdentity({ namespace: 'Email', id: 'a' }, plainRule);
    expect(found?.entity).toMatchObject({ _acme: { links: { home: 'old', shop: 'new' } } });
  });

  it('without a graph take an event in by the first of its identities that is theirs, namespace by namespace', async () => {
    const card = { identityMap: { Card: [{ id: '5', primary: true }] } };
    await ingest({ store, entity: 'profile', lines: [person('five'), card] });
    const event = {
      // Nobody's. Of the others the email stands first, since identityMap holds it beside the primary one.
      identityMap: { Email: [{ id: 'one', primary: true }, { id: 'five' }], Card: [{ id: '5' }] },
      _id: 'seen',
      timestamp: '2026-01-01T00:00:00Z',
    };
    await ingest({ store, entity: 'event', lines: [event] });
    const eventsOf = async (namespace: string, id: string): Promise<number | undefined> =>
      (await data.eventsByIdentity({ namespace, id }, { direction: 'asc', limit: 9 }))?.events.length;
    expect([await eventsOf('Email', 'five'), await eventsOf('Card', '5')]).toEqual([1, 0]);
  });

  it('take events in by any identity of the graph, and the events link too', async () => {
    const event = (_id: string, identityMap: object): object => ({
      _id,
      identityMap,
      timestamp: '2026-01-01T00:00:00Z',
    });
    const cookie = { ECID: [{ id: 'x', primary: true }] };
    await ingest({ store, entity: 'profile', lines: [person('a', country('US'))] });
    await ingest({
      store,
      entity: 'event',
      lines: [event('1', cookie), event('2', { ...cookie, Email: [{ id: 'a' }] })],
    });
    expect(await data.counts(linked)).toEqual({ profiles: 1, events: 2 });
    expect(await data.counts()).toEqual({ profiles: 2, events: 2 });
    const found = await data.profileByIdentity({ namespace: 'ECID', id: 'x' }, linked);
    expect(found?.entity['homeAddress']).toEqual({ countryCode: 'US' });
  });
});

describe('memberships and merge rules', () => {
  beforeEach(async () => {
    await store.mergePolicies.change(tenant, (policies) => [...policies, policy()]);
    await ingest({
      store,
      entity: 'profile',
      lines: [person('a', country('US')), person('b', country('DE'))],
    });
  });

  it('are kept for the people of the rule that they were evaluated on', async () => {
    await store.mergePolicies.replace(tenant, policy(linked));
    await evaluate([passOf(linked, 'us')], { policyId: 'policy' });
    expect(await statusOf('a', linked)).toBe('realized');
    expect(await statusOf('a', plainRule)).toBeUndefined();
  });

  it('are carried over when the people of their rule are built anew', async () => {
    await store.mergePolicies.replace(tenant, policy(linked));
    await evaluate([passOf(linked, 'us')], { policyId: 'policy' });
    await ingest({ store, entity: 'profile', lines: [phoneOf('1', 'a')] });
    expect(await statusOf('a', linked)).toBe('realized');
    const job = await evaluate([passOf(linked, 'us')], { policyId: 'policy' });
    expect(job?.counters?.bySegment['us']).toMatchObject({ realized: 0, existing: 1, exited: 0 });
  });

  it('follow their policy when it comes to mean another rule, so that a member does not enter twice', async () => {
    await evaluate([passOf(plainRule, 'us')], { policyId: 'policy' });
    await store.mergePolicies.replace(tenant, policy({ ...linked, version: 2 }));
    expect(await statusOf('a', linked)).toBe('realized');
    const job = await evaluate([passOf(linked, 'us')], { policyId: 'policy' });
    expect(job?.counters?.bySegment['us']).toMatchObject({ realized: 0, existing: 1, exited: 0 });
  });

  it.each([['none', plainRule] as const, ['pdg', linked] as const])(
    'of somebody who was deleted do not come back with what is imported later (%s)',
    async (_, rule) => {
      await ingest({
        store,
        entity: 'profile',
        lines: [person('a', country('US')), person('b', country('US'))],
      });
      await evaluate([passOf(rule, 'us')]);
      await data.forgetPerson({ namespace: 'email', id: 'a' }, rule);
      await ingest({ store, entity: 'profile', lines: [person('a', country('US'))] });
      expect([await statusOf('a', rule), await statusOf('b', rule)]).toEqual([undefined, 'realized']);
    },
  );

  it('of people who become one are those of a member among them', async () => {
    await evaluate([passOf(plainRule, 'us')], { policyId: 'policy' });
    await ingest({ store, entity: 'profile', lines: [phoneOf('1', 'a'), phoneOf('1', 'b')] });
    await store.mergePolicies.replace(tenant, policy({ ...linked, version: 2 }));
    expect([await statusOf('a', linked), await statusOf('b', linked)]).toEqual(['realized', 'realized']);
  });

  it('are told of people of another rule to an export that asks for the segment', async () => {
    await evaluate([passOf(plainRule, 'us')]);
    await ingest({ store, entity: 'profile', lines: [phoneOf('1', 'a')] });
    const members = async (segmentIds: string[]): Promise<unknown> => {
      const session = await data.openExport({ mergeRule: linked, segmentIds, signal });
      const rows = await session.rows('SELECT status FROM membership');
      await session.close();
      return rows;
    };
    expect(await members(['us'])).toEqual([{ status: 'realized' }]);
    expect(await members([])).toEqual([]);
  });
});

describe('a job of several merge rules', () => {
  const passes = [passOf(plainRule, 'apart'), passOf(linked, 'together')];
  beforeEach(async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', country('US')), phoneOf('1', 'a')] });
  });

  it('counts the people of each rule', async () => {
    expect(await evaluate(passes)).toMatchObject({
      status: 'SUCCEEDED',
      counters: {
        totalProfiles: 3,
        bySegment: { apart: { members: 1 }, together: { members: 1, byNamespace: { Email: 1, Phone: 1 } } },
      },
    });
  });

  it('is committed as a whole: cancelled in its last pass, nothing of it is kept', async () => {
    const stop = new AbortController();
    const onProgress: ReportProgress = ({ done, total }) => {
      if (done > total / 2) stop.abort();
    };
    await expect(evaluate(passes, { onProgress, signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await statusOf('a', plainRule, 'apart')).toBeUndefined();
  });

  it('changes nothing when it was no longer processing', async () => {
    expect(await evaluate(passes, { status: 'CANCELLING' })).toBeUndefined();
    expect(await statusOf('a', plainRule, 'apart')).toBeUndefined();
    expect(await statusOf('a', linked, 'together')).toBeUndefined();
  });

  it('tells progress that rises from the work of all passes to the whole', async () => {
    const told: number[] = [];
    await evaluate(passes, { onProgress: ({ done, total }) => void told.push(done / total) });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(1);
    expect(told.filter((share) => share < 0.5).length).toBeGreaterThan(0);
  });
});
