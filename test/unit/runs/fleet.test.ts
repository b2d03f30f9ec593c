import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SharedStateUnavailable } from '../../../src/errors/gateway-state-error';
import { UpstreamUnauthorized } from '../../../src/errors/upstream-error';
import { createAudienceRunRepository } from '../../../src/state/audience-runs';
import { openDatabase } from '../../../src/state/open-database';
import type { StateDatabase } from '../../../src/state/open-database';
import { createRunDrivers } from '../../../src/state/run-drivers';
import { defaultRunLease } from '../../../src/runs/run-fleet';
import { FakeTime } from '../../support/fake-time';
import { ada } from '../../support/fake-upstream';
import { bob } from '../../support/scripted-jobs';
import { ScriptedRuns } from '../../support/scripted-runs';
import { ScriptedUpstream } from '../../support/scripted-upstream';

const { leaseMs, lookMs } = defaultRunLease;
const minute = 60_000;
const once = { segmentJobs: 1, datasets: 1, exportJobs: 1 };

let folder: string;
let db: StateDatabase;
let upstream: ScriptedUpstream;
let time: FakeTime;
let replicas: Replica[];

/** What becomes of a call to the state: it is answered, done without an answer, or does not get through. */
type Fate = 'answered' | 'unanswered' | 'cut';

/** A replica, and the fate of its calls by their name. */
interface Replica extends ScriptedRuns {
  fate: (call: string) => Fate;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-fleet-'));
  db = await openDatabase(join(folder, 'gateway.sqlite'));
  upstream = new ScriptedUpstream();
  time = new FakeTime();
  replicas = [];
});
afterEach(async () => {
  for (const { runs } of replicas) await runs.close();
  await db.destroy();
  rmSync(folder, { recursive: true });
});

async function startReplica(ownCaller?: typeof bob): Promise<Replica> {
  const fates: Pick<Replica, 'fate'> = { fate: () => 'answered' };
  const scripted = new ScriptedRuns(over(fates, createAudienceRunRepository(db)), upstream, time, {
    idPrefix: `replica-${String(replicas.length + 1)}`,
    drivers: over(fates, createRunDrivers(db)),
    ...(ownCaller && { ownCaller }),
  });
  const replica: Replica = Object.defineProperty(scripted as Replica, 'fate', {
    set: (fate: Replica['fate']) => void (fates.fate = fate),
  });
  replicas.push(replica);
  await replica.runs.resume();
  return replica;
}

/** The same calls, each with its fate. */
function over<Calls extends object>(fates: Pick<Replica, 'fate'>, calls: Calls): Calls {
  const withFate =
    (name: string, call: (...args: readonly unknown[]) => Promise<unknown>) =>
    async (...args: readonly unknown[]): Promise<unknown> => {
      const fate = fates.fate(name);
      const cause = new Error('the network');
      if (fate === 'cut') throw new SharedStateUnavailable({ outcomeUnknown: false, cause });
      const answer = await call(...args);
      if (fate === 'unanswered') throw new SharedStateUnavailable({ outcomeUnknown: true, cause });
      return answer;
    };
  const all = Object.entries(calls) as [string, Parameters<typeof withFate>[1]][];
  return Object.fromEntries(all.map(([name, call]) => [name, withFate(name, call)])) as Calls;
}

const cut = (): Fate => 'cut';
const refuse = (call: string): void => {
  if (call.startsWith('list'))
    throw new UpstreamUnauthorized('It has ended', { service: 'segmentation', status: 401 });
};

describe('replicas with one state', () => {
  it('drive a run at one of them, and show it at each', async () => {
    const [one, other] = [await startReplica(bob), await startReplica(bob)];
    const id = await one.startedId();
    expect(await other.word(id)).toBe('RUNNING EVALUATE');
    await time.advance(minute);
    expect([await one.word(id), await other.word(id)]).toEqual(['SUCCEEDED DONE', 'SUCCEEDED DONE']);
    expect(upstream.counts).toEqual(once);
  });

  it('tell a subscriber at another one each change, and the end', async () => {
    const [one, other] = [await startReplica(), await startReplica()];
    const id = await one.startedId();
    const heard = await other.listen(id);
    await time.advance(minute);
    expect(heard.isDone).toBe(true);
    expect([...new Set(heard.words)]).toEqual(
      expect.arrayContaining(['RUNNING EVALUATE', 'RUNNING EXPORT', 'SUCCEEDED DONE']),
    );
    expect(heard.words.at(-1)).toBe('SUCCEEDED DONE');
    expect(heard.updates.some(({ segmentJob }) => segmentJob?.status === 'SUCCEEDED')).toBe(true);
  });

  it('take over from one that falls silent, not before it has stopped, and make nothing twice', async () => {
    upstream.course = ['PROCESSING'];
    const [one, other] = [await startReplica(bob), await startReplica(bob)];
    const id = await one.startedId();
    await time.advance(5_000);
    one.fate = cut;
    // The one goes on with the starter's credential, the other with its own.
    const tokens: string[] = [];
    upstream.before = (_, caller) => void tokens.push(caller.key === ada.key ? 'one' : 'other');
    await time.advance(leaseMs / 2);
    expect(new Set(tokens)).toEqual(new Set(['one']));
    upstream.continueWith('SUCCEEDED');
    upstream.course = ['SUCCEEDED'];
    await time.advance(minute);
    expect(await other.word(id)).toBe('SUCCEEDED DONE');
    expect(tokens.slice(tokens.indexOf('other'))).not.toContain('one');
    expect(upstream.counts).toEqual(once);
  });

  it('take over at once from one that is stopped', async () => {
    upstream.course = ['PROCESSING'];
    const [one, other] = [await startReplica(bob), await startReplica(bob)];
    const id = await one.startedId();
    await time.advance(5_000);
    await one.runs.close();
    await time.advance(2 * lookMs);
    expect((await createRunDrivers(db).look())[0]?.driver).toBe('replica-2-1');
    expect(await other.word(id)).toBe('RUNNING EVALUATE');
  });

  it('cancel a run that another one drives', async () => {
    upstream.course = ['PROCESSING'];
    const [one, other] = [await startReplica(), await startReplica()];
    const id = await one.startedId();
    await time.advance(5_000);
    expect(await other.runs.cancel(ada, id)).toMatchObject({ kind: 'cancelling' });
    await time.advance(minute);
    expect(await one.word(id)).toBe('CANCELLED EVALUATE');
    expect(await other.runs.cancel(ada, id)).toMatchObject({ kind: 'ended' });
  });

  it('let a run rest without a credential, and go on with that of a caller of any of them', async () => {
    const [one, other] = [await startReplica(), await startReplica()];
    upstream.before = refuse;
    const id = await one.startedId();
    await time.advance(5_000);
    expect(await createRunDrivers(db).look()).toMatchObject([{ id, driver: null, wait: 'CREDENTIAL' }]);
    upstream.before = () => undefined;
    await other.runs.list(ada, { limit: 1 });
    await time.advance(minute);
    expect(await other.word(id)).toBe('SUCCEEDED DONE');
    expect(upstream.counts).toEqual(once);
  });

  it('go on with the credential of a subscriber where the driver dies, and ask no refused one again', async () => {
    upstream.course = ['PROCESSING'];
    const [one, other] = [await startReplica(), await startReplica()];
    const id = await one.startedId();
    const heard = await other.listen(id);
    await time.advance(5_000);
    one.fate = cut;
    upstream.before = refuse;
    upstream.continueWith('SUCCEEDED');
    await time.advance(minute);
    const lists = upstream.calls.filter((call) => call.startsWith('list')).length;
    await time.advance(minute);
    expect(heard.words.at(-1)).toMatch(/\(CREDENTIAL\)$/);
    expect(upstream.calls.filter((call) => call.startsWith('list'))).toHaveLength(lists);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('make nothing twice where write %i is not acknowledged', async (lost) => {
    const one = await startReplica(bob);
    let writes = 0;
    one.fate = (call) => (call === 'save' && (writes += 1) === lost ? 'unanswered' : 'answered');
    const id = await one.startedId();
    await time.advance(minute);
    expect(writes).toBeGreaterThanOrEqual(lost);
    expect(await one.word(id)).toBe('SUCCEEDED DONE');
    expect(upstream.counts).toEqual(once);
  });

  it('go on after an outage of the state with the credential that they had', async () => {
    upstream.course = ['PROCESSING'];
    const one = await startReplica();
    const id = await one.startedId();
    await time.advance(5_000);
    one.fate = cut;
    await time.advance(3 * leaseMs);
    await expect(one.runs.find(ada, id)).rejects.toBeInstanceOf(SharedStateUnavailable);
    upstream.continueWith('SUCCEEDED');
    upstream.course = ['SUCCEEDED'];
    one.fate = () => 'answered';
    await time.advance(minute);
    expect(await one.word(id)).toBe('SUCCEEDED DONE');
    expect(upstream.counts).toEqual(once);
  });
});
