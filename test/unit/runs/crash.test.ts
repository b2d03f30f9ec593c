import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudienceRunRepository } from '../../../src/state/audience-runs';
import { openGatewayState } from '../../../src/state/open-gateway-state';
import type { GatewayState } from '../../../src/state/open-gateway-state';
import { FakeTime } from '../../support/fake-time';
import { ada } from '../../support/fake-upstream';
import { bob } from '../../support/scripted-jobs';
import { ScriptedRuns } from '../../support/scripted-runs';
import { ScriptedUpstream } from '../../support/scripted-upstream';

/** Where the process dies: so many writes are done, and the next one is not begun, or is done and nothing after it. */
interface Death {
  readonly write: number;
  readonly when: 'before' | 'after';
}

const never = new Promise<never>(() => undefined);

/** A repository of a process that dies at a write: from then on nothing that it does gets anywhere. */
function dyingRepository(
  repository: AudienceRunRepository,
  { write, when }: Death,
): {
  readonly repository: AudienceRunRepository;
  readonly isDead: () => boolean;
  readonly writes: () => number;
} {
  let writes = 0;
  return {
    isDead: () => writes >= write,
    writes: () => writes,
    repository: {
      ...repository,
      save: async (...args) => {
        writes += 1;
        if (writes > write || (writes === write && when === 'before')) return never;
        const outcome = await repository.save(...args);
        return writes === write ? never : outcome;
      },
    },
  };
}

let folder: string;
let state: GatewayState;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-crash-'));
  state = await openGatewayState({ folder });
});
afterEach(async () => {
  await state.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a run, lets its process die, and brings it to its end in a second process over the same upstream. */
async function crashAndResume(
  death: Death,
  {
    cancelled,
    upstream = new ScriptedUpstream(),
  }: { readonly cancelled: boolean; readonly upstream?: ScriptedUpstream },
): Promise<{ upstream: ScriptedUpstream; status: string; hasDied: boolean }> {
  const time = new FakeTime();
  const dying = dyingRepository(state.audienceRuns, death);
  const first = new ScriptedRuns(dying.repository, upstream, time);
  if (cancelled) {
    upstream.before = (call) => {
      if (call === 'create EXPORT') upstream.course = ['PROCESSING'];
    };
  }
  const id = await first.startedId();
  await time.advance(60_000);
  if (cancelled) {
    void first.runs.cancel(ada, id);
    await time.advance(60_000);
  }
  // The first process is gone: its memory, its timers, its calls. Only the file and the upstream are left.
  await state.close();
  state = await openGatewayState({ folder });
  const second = new ScriptedRuns(state.audienceRuns, upstream, time, { ownCaller: bob });
  await second.runs.resume();
  await time.advance(5 * 60_000);
  if (cancelled) await second.runs.cancel(bob, id);
  await time.advance(5 * 60_000);
  const record = await second.record(id, ada);
  await second.runs.close();
  return { upstream, status: record.status, hasDied: dying.isDead() };
}

/** segment job intended, made, ended; dataset intended, made, step; export intended, made, ended. */
const writesOfARun = 9;
const everyWrite = Array.from({ length: writesOfARun }, (_, index) => index + 1).flatMap((write) =>
  (['before', 'after'] as const).map((when): Death => ({ write, when })),
);

/** The write behind the POST of the dataset: its answer is lost with the process. */
const datasetMade: Death = { write: 5, when: 'before' };
const others = (count: number, name: string): ScriptedUpstream['datasets'] =>
  Array.from({ length: count }, (_, index) => ({
    id: `other-${name}-${String(count - index)}`,
    name,
    created: 1_600_000_000_000 + count - index,
    batches: [],
  }));

describe('over a Catalog that lists its oldest datasets first', () => {
  it.each([
    ['one other dataset', others(1, 'Else')],
    ['many others', others(300, 'Else')],
    ['an older one of the same name', [...others(7, 'Else'), ...others(1, 'Members')]],
    ['several of the same name, one the newest of all', [...others(3, 'Members'), ...others(100, 'Else')]],
  ])('a process that dies with its POST makes no second dataset beside %s', async (_noun, datasets) => {
    const upstream = new ScriptedUpstream();
    upstream.isOldestFirst = true;
    upstream.datasets.push(...datasets);
    const { status } = await crashAndResume(datasetMade, { cancelled: false, upstream });
    expect(status).toBe('SUCCEEDED');
    expect(upstream.datasets).toHaveLength(datasets.length + 1);
    expect(upstream.countOf('create dataset')).toBe(1);
  });
});

describe('a process that dies in the middle of a run', () => {
  it.each(everyWrite)('$when its write $write leaves one of each thing upstream', async (death) => {
    const { upstream, status, hasDied } = await crashAndResume(death, { cancelled: false });
    expect(hasDied).toBe(true);
    expect(status).toBe('SUCCEEDED');
    expect(upstream.counts).toEqual({ segmentJobs: 1, datasets: 1, exportJobs: 1 });
    expect(upstream.countOf('create')).toBe(3);
  });

  it('makes no more writes than these', async () => {
    const { hasDied } = await crashAndResume(
      { write: writesOfARun + 1, when: 'before' },
      { cancelled: false },
    );
    expect(hasDied).toBe(false);
  });

  it.each(
    [9, 10, 11, 12].flatMap((write) =>
      (['before', 'after'] as const).map((when): Death => ({ write, when })),
    ),
  )('$when write $write while it cancels leaves nothing running and no dataset behind', async (death) => {
    const { upstream, status, hasDied } = await crashAndResume(death, { cancelled: true });
    expect(hasDied).toBe(true);
    expect(status).toBe('CANCELLED');
    expect(upstream.datasets).toEqual([]);
    expect(
      upstream.jobs.every(({ statuses }) => ['SUCCEEDED', 'CANCELLED'].includes(statuses[0] ?? '')),
    ).toBe(true);
  });

  it('has left no token in its files', async () => {
    await crashAndResume({ write: 5, when: 'after' }, { cancelled: false });
    const files = await readdir(folder);
    const bytes = await Promise.all(files.map((name) => readFile(join(folder, name), 'latin1')));
    expect(bytes.join('')).toMatch(/Members/);
    expect(bytes.join('')).not.toMatch(/adas-|bobs-|Bearer/);
  });
});
