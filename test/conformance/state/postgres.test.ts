import { SharedStateUnavailable } from '../../../src/errors/gateway-state-error';
import { newRun } from '../../support/audience-run-records';
import { startFaultProxy } from '../../support/fault-proxy';
import { startPostgres } from '../../support/postgres-server';
import type { PostgresServer } from '../../support/postgres-server';
import { openSharedState, tellServer } from '../../support/shared-states';
import { describeState } from './state-suite';

let server: PostgresServer;
beforeAll(async () => void (server = await startPostgres()));
afterAll(() => server.close());

const empty = 'truncate audience_run, audience_run_product, external_audience';

describeState('in PostgreSQL', async () => {
  const state = await openSharedState(server.url());
  await state.audienceRuns.count({ orgId: 'nobody', sandbox: 'prod' });
  await tellServer(server.url(), empty);
  return state;
});

describe('a state in PostgreSQL', () => {
  const tenant = { orgId: 'ADA@AdobeOrg', sandbox: 'prod' };

  it('needs no server at first: it says so, without the address, and works when there is one', async () => {
    const proxy = await startFaultProxy(server.port);
    proxy.become('refuses');
    const told: object[] = [];
    const tell = (about: object): void => void told.push(about);
    const state = await openSharedState(server.url(proxy.port), { log: { info: tell, warn: tell } });
    const error: unknown = await state.audienceRuns.count(tenant).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SharedStateUnavailable);
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', outcomeUnknown: false });
    expect(String(error)).not.toMatch(/select|postgres:|password|127\.0/i);
    await expect(state.runDrivers.look()).rejects.toBeInstanceOf(SharedStateUnavailable);
    proxy.become('none');
    expect(await state.audienceRuns.count(tenant)).toBe(0);
    expect(told).toHaveLength(2);
    await state.close();
    await proxy.close();
  });

  it('says of a write that was not acknowledged that its outcome is unknown, of other calls that nothing was done', async () => {
    const proxy = await startFaultProxy(server.port);
    const state = await openSharedState(server.url(proxy.port), { answerTimeoutMs: 150 });
    await state.audienceRuns.insert(newRun({ id: 'there' }));
    proxy.become('swallows');
    await expect(state.audienceRuns.insert(newRun({ id: 'lost' }))).rejects.toMatchObject({
      outcomeUnknown: true,
    });
    proxy.become('none');
    expect(await state.audienceRuns.count(tenant)).toBe(1);
    proxy.become('swallows');
    await expect(state.audienceRuns.count(tenant)).rejects.toMatchObject({ outcomeUnknown: false });
    proxy.become('none');
    await state.audienceRuns.count(tenant);
    proxy.become('swallows');
    const next = newRun({ id: 'there', version: 2 });
    await expect(state.audienceRuns.save(next)).rejects.toMatchObject({ outcomeUnknown: false });
    proxy.become('none');
    expect(await state.audienceRuns.save(next)).toBe('saved');
    await state.close();
    await proxy.close();
  });

  it('outlives a connection that breaks at any moment of a call', async () => {
    const proxy = await startFaultProxy(server.port);
    const outcomes = [];
    for (let afterMs = 5; afterMs <= 125; afterMs += 10) {
      proxy.become({ delayMs: 5 });
      const state = await openSharedState(server.url(proxy.port));
      const asked = state.audienceRuns.count(tenant).catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      proxy.become('refuses');
      outcomes.push((await asked) instanceof SharedStateUnavailable);
      await state.close();
    }
    expect(outcomes).toContain(true);
    await proxy.close();
  });

  it('lets replicas that start together make the tables once', async () => {
    await tellServer(server.url(), 'drop schema public cascade; create schema public');
    const states = await Promise.all([1, 2, 3].map(() => openSharedState(server.url())));
    const counts = await Promise.all(states.map((state) => state.audienceRuns.count(tenant)));
    expect(counts).toEqual([0, 0, 0]);
    for (const state of states) await state.close();
  });

  it('is not touched where a newer release has written it', async () => {
    const step = `'9999-to-come'`;
    await tellServer(server.url(), `insert into gateway_migration values (${step}, '2030-01-01')`);
    const told: object[] = [];
    const tell = (about: object): void => void told.push(about);
    const state = await openSharedState(server.url(), { log: { info: tell, warn: tell } });
    await expect(state.audienceRuns.count(tenant)).rejects.toBeInstanceOf(SharedStateUnavailable);
    expect(told).toEqual([{ reason: expect.stringContaining('9999-to-come') as unknown }]);
    await tellServer(server.url(), `delete from gateway_migration where name = ${step}`);
    expect(await state.audienceRuns.count(tenant)).toBe(0);
    await state.close();
  });
});
