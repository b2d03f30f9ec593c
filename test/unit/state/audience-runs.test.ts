import type { AudienceRunRecord } from '../../../src/state/audience-run';
import type { GatewayState } from '../../../src/state/open-gateway-state';
import { newRun } from '../../support/audience-run-records';
import { openTemporaryState } from '../../support/temporary-state';

let state: GatewayState;
beforeEach(async () => void (state = await openTemporaryState()));
afterEach(() => state.close());

const tenant = { orgId: 'ADA@AdobeOrg', sandbox: 'prod' };
const stranger = { orgId: 'BOB@AdobeOrg', sandbox: 'prod' };

describe('the repository of audience runs', () => {
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
    const at = (ms: number): Date => new Date(ms);
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
    expect(await state.audienceRuns.find(tenant, run.id)).toMatchObject({ status: 'CANCELLING', version: 2 });
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
    expect(await state.audienceRuns.save({ ...run, version: 7 }, { kind: 'dataset', id: 'd' })).toBe('stale');
    expect(await state.audienceRuns.taken(tenant, 'dataset', ['d'])).toEqual(new Set());
  });

  it('finds the runs that have not ended, of every tenant, oldest first', async () => {
    await state.audienceRuns.insert(newRun({ id: 'new', ...stranger, createdAt: new Date(9) }));
    await state.audienceRuns.insert(newRun({ id: 'old', status: 'CANCELLING', createdAt: new Date(1) }));
    await state.audienceRuns.insert(newRun({ id: 'done', status: 'SUCCEEDED' }));
    expect((await state.audienceRuns.unfinished()).map(({ id }) => id)).toEqual(['old', 'new']);
  });
});
