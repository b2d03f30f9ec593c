import type { AudienceRunRecord } from '../../../src/state/audience-run';
import type { AudienceRunRepository } from '../../../src/state/audience-runs';
import type { ExternalAudiences } from '../../../src/state/external-audiences';
import type { RunDrivers } from '../../../src/state/run-drivers';
import { newRun } from '../../support/audience-run-records';

/** A state that is empty, and goes when it is closed. */
export interface TriedState {
  readonly audienceRuns: AudienceRunRepository;
  readonly externalAudiences: ExternalAudiences;
  readonly runDrivers: RunDrivers;
  close(): Promise<void>;
}

const tenant = { orgId: 'ADA@AdobeOrg', sandbox: 'prod' };
const stranger = { orgId: 'BOB@AdobeOrg', sandbox: 'prod' };
const place = { ...tenant, templateId: 't1', segmentId: 's1' };
const at = (ms: number): Date => new Date(ms);

/** What every engine of the gateway's state keeps. */
export function describeState(where: string, open: () => Promise<TriedState>): void {
  let state: TriedState;
  beforeEach(async () => void (state = await open()));
  afterEach(() => state.close());

  describe(`the repository of audience runs ${where}`, () => {
    it('gives back what was put in', async () => {
      const run = newRun({
        idempotencyKey: 'k',
        segmentJob: { kind: 'intended', baseline: ['j1'] },
        error: { step: 'EXPORT', code: null, message: 'Lost.', hint: null },
      });
      await state.audienceRuns.insert(run);
      expect(await state.audienceRuns.find(tenant, run.id)).toEqual(run);
    });

    it('shows nothing of another org or sandbox', async () => {
      const run = newRun({ idempotencyKey: 'k' });
      await state.audienceRuns.insert(run);
      for (const other of [stranger, { ...tenant, sandbox: 'dev' }]) {
        expect(await state.audienceRuns.find(other, run.id)).toBeNull();
        expect(await state.audienceRuns.findByKey(other, 'k')).toBeNull();
        expect(await state.audienceRuns.list(other, { limit: 10 })).toEqual([]);
        expect(await state.audienceRuns.count(other)).toBe(0);
      }
    });

    it('lets one run have a key, also of two that come at once', async () => {
      const outcomes = await Promise.all(
        ['a', 'b'].map((id) => state.audienceRuns.insert(newRun({ id, idempotencyKey: 'k' }))),
      );
      expect(outcomes.toSorted()).toEqual(['inserted', 'key-taken']);
    });

    it('lets runs without a key be many', async () => {
      for (const id of ['a', 'b']) expect(await state.audienceRuns.insert(newRun({ id }))).toBe('inserted');
    });

    it('lists the newest first and goes on behind a position', async () => {
      for (const [id, ms] of [
        ['a', 1],
        ['c', 2],
        ['b', 2],
        ['d', 3],
      ] as const)
        await state.audienceRuns.insert(newRun({ id, createdAt: at(ms) }));
      const first = await state.audienceRuns.list(tenant, { limit: 2 });
      const rest = await state.audienceRuns.list(tenant, { limit: 9, after: { createdAtMs: 2, id: 'c' } });
      expect([...first, ...rest].map(({ id }) => id)).toEqual(['d', 'c', 'b', 'a']);
      expect(await state.audienceRuns.count(tenant)).toBe(4);
    });

    it('takes a change only over the version that was read', async () => {
      const run = newRun();
      await state.audienceRuns.insert(run);
      const next: AudienceRunRecord = { ...run, version: 2, status: 'CANCELLING' };
      expect(await state.audienceRuns.save(next)).toBe('saved');
      expect(await state.audienceRuns.save({ ...next, status: 'SUCCEEDED' })).toBe('stale');
      expect(await state.audienceRuns.find(tenant, run.id)).toMatchObject({
        status: 'CANCELLING',
        version: 2,
      });
    });

    it('gives what was made upstream to one run only', async () => {
      const [one, other] = [newRun({ id: 'a' }), newRun({ id: 'b' })];
      for (const run of [one, other]) await state.audienceRuns.insert(run);
      const product = { kind: 'segmentJob', id: 'j1' } as const;
      expect(await state.audienceRuns.save({ ...one, version: 2 }, product)).toBe('saved');
      expect(await state.audienceRuns.save({ ...other, version: 2 }, product)).toBe('taken');
      expect(await state.audienceRuns.find(tenant, 'b')).toMatchObject({ version: 1 });
      expect(await state.audienceRuns.taken(tenant, 'segmentJob', ['j1', 'j2'])).toEqual(new Set(['j1']));
      expect(await state.audienceRuns.taken(stranger, 'segmentJob', ['j1'])).toEqual(new Set());
    });

    it('claims nothing upstream for a change that was not taken', async () => {
      const run = newRun();
      await state.audienceRuns.insert(run);
      expect(await state.audienceRuns.save({ ...run, version: 7 }, { kind: 'dataset', id: 'd' })).toBe(
        'stale',
      );
      expect(await state.audienceRuns.taken(tenant, 'dataset', ['d'])).toEqual(new Set());
    });

    it('finds the runs that have not ended, of every tenant, oldest first', async () => {
      await state.audienceRuns.insert(newRun({ id: 'new', ...stranger, createdAt: new Date(9) }));
      await state.audienceRuns.insert(newRun({ id: 'old', status: 'CANCELLING', createdAt: new Date(1) }));
      await state.audienceRuns.insert(newRun({ id: 'done', status: 'SUCCEEDED' }));
      expect((await state.audienceRuns.unfinished()).map(({ id }) => id)).toEqual(['old', 'new']);
    });

    it('takes a write that was not acknowledged once more, and its product as the run’s own', async () => {
      const run = newRun();
      await state.audienceRuns.insert(run);
      const product = { kind: 'segmentJob', id: 'j1' } as const;
      await state.audienceRuns.save({ ...run, version: 2 }, product);
      expect(await state.audienceRuns.save({ ...run, version: 3 }, product)).toBe('saved');
    });
  });

  describe(`the drivers of audience runs ${where}`, () => {
    const seen = async () => (await state.runDrivers.look())[0] ?? fail('there is no run');

    it('are told with each run that has not ended, and what it rests for', async () => {
      await state.audienceRuns.insert(newRun({ id: 'done', status: 'SUCCEEDED' }), 'one');
      await state.audienceRuns.insert(newRun({ id: 'new', createdAt: at(9) }), 'one');
      await state.audienceRuns.insert(newRun({ id: 'old', createdAt: at(1) }));
      await state.runDrivers.tellWait('new', 'one', 'UPSTREAM');
      await state.runDrivers.tellWait('old', 'one', 'UPSTREAM');
      expect(await state.runDrivers.look()).toEqual([
        { id: 'old', ...tenant, version: 1, driver: null, beat: 0, wait: null },
        { id: 'new', ...tenant, version: 1, driver: 'one', beat: 0, wait: 'UPSTREAM' },
      ]);
    });

    it('take a run over once, also of two that come at once, and who had it cannot write it any more', async () => {
      const run = newRun();
      await state.audienceRuns.insert(run, 'dead');
      const found = await seen();
      const claims = await Promise.all(['one', 'other'].map((name) => state.runDrivers.claim(found, name)));
      expect(claims.filter((claim) => claim !== null)).toEqual([{ ...run, version: 2 }]);
      expect(await state.audienceRuns.save({ ...run, version: 2, step: 'EXPORT' })).toBe('stale');
      expect(await state.runDrivers.own(run.id, 'dead')).toBeNull();
    });

    it('keep a run by a sign of life, and hear what they have lost', async () => {
      for (const id of ['a', 'b']) await state.audienceRuns.insert(newRun({ id }), 'one');
      const found = await seen();
      expect(await state.runDrivers.renew(['a', 'b', 'c'], 'one')).toEqual(new Set(['a', 'b']));
      expect(await state.runDrivers.renew(['a'], 'other')).toEqual(new Set());
      expect(await state.runDrivers.claim(found, 'other')).toBeNull();
      expect(await state.runDrivers.own('a', 'one')).toEqual(newRun({ id: 'a' }));
    });

    it('let go of a run, of their own only, and not of one that has ended', async () => {
      const run = newRun();
      await state.audienceRuns.insert(run, 'one');
      await state.runDrivers.release(run.id, 'other', 'UPSTREAM');
      expect(await seen()).toMatchObject({ driver: 'one', wait: null });
      await state.runDrivers.release(run.id, 'one', 'CREDENTIAL');
      const free = await seen();
      expect(free).toMatchObject({ driver: null, wait: 'CREDENTIAL' });
      await state.audienceRuns.save({ ...run, version: 2, status: 'CANCELLED' });
      expect(await state.runDrivers.claim(free, 'other')).toBeNull();
    });
  });

  describe(`the audiences of destinations ${where}`, () => {
    it('have their place taken once, and again where the outcome is unknown or whoever asked has died', async () => {
      const { externalAudiences: audiences } = state;
      const times = { at: at(1_000), staleAt: at(0) };
      const claims = await Promise.all([audiences.claim(place, times), audiences.claim(place, times)]);
      expect(claims.toSorted()).toEqual([false, true]);
      expect(await audiences.claim(place, { at: at(2_000), staleAt: at(1_001) })).toBe(true);
      await audiences.doubt(place, at(3_000));
      expect(await audiences.find(place)).toEqual({ phase: 'UNKNOWN', externalId: null });
      expect(await audiences.claim(place, { at: at(4_000), staleAt: at(0) })).toBe(true);
    });

    it('keep their ids, and are forgotten', async () => {
      const { externalAudiences: audiences } = state;
      await audiences.keep(place, 'audience-7', at(1_000));
      expect(await audiences.find(place)).toEqual({ phase: 'KEPT', externalId: 'audience-7' });
      expect(await audiences.claim(place, { at: at(9_000), staleAt: at(8_000) })).toBe(false);
      expect(await audiences.find({ ...place, sandbox: 'dev' })).toBeNull();
      await audiences.forget(place);
      expect(await audiences.find(place)).toBeNull();
    });
  });
}

function fail(why: string): never {
  throw new Error(why);
}
