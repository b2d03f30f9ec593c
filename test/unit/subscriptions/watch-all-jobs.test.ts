import type { Caller } from '../../../src/datasources/caller';
import { BadCursor } from '../../../src/errors/bad-cursor';
import {
  UpstreamForbidden,
  UpstreamRateLimited,
  UpstreamUnavailable,
} from '../../../src/errors/upstream-error';
import type { JobChange, JobWatchers, WatchFilter } from '../../../src/subscriptions/job-watchers';
import { FakeTime } from '../../support/fake-time';
import { ada } from '../../support/fake-upstream';
import { bob } from '../../support/scripted-jobs';
import { ScriptedUpstream } from '../../support/scripted-upstream';
import { watchersOn } from '../../support/watchers-on';

let time: FakeTime;
let upstream: ScriptedUpstream;
let watchers: JobWatchers;
beforeEach(() => {
  time = new FakeTime();
  upstream = new ScriptedUpstream();
  watchers = watchersOn(time);
});
afterEach(() => watchers.close());

interface Heard {
  readonly changes: JobChange[];
  /** `CREATED j1 NEW`, `STATUS j1 NEW>PROCESSING`, `GAP`. */
  readonly words: string[];
  isDone: boolean;
  error: unknown;
  leave(): void;
}

type Kinds = readonly ('SEGMENT' | 'EXPORT')[];

function listen(
  options: { kinds?: Kinds; filter?: WatchFilter; after?: string; caller?: Caller } = {},
): Heard {
  const { kinds = ['SEGMENT', 'EXPORT'], filter = {}, after, caller = ada } = options;
  const freshSources = () => upstream.sourcesOf(caller);
  const stream = watchers.watchAll({ caller, kinds, filter, after, freshSources });
  const leave = (): void => void stream.return?.();
  const heard: Heard = { changes: [], words: [], isDone: false, error: null, leave };
  void (async () => {
    try {
      for await (const change of stream) {
        heard.changes.push(change);
        heard.words.push(wordOf(change));
      }
    } catch (error) {
      heard.error = error;
    }
    heard.isDone = true;
  })();
  return heard;
}

function wordOf({ type, watched, previousStatus, replayed }: JobChange): string {
  if (watched === null) return type;
  const { id, status } = watched.job;
  const before = previousStatus === null ? '' : `${previousStatus}>`;
  return `${type} ${String(id)} ${before}${status}${replayed ? ' again' : ''}`;
}

/** A job that stands at a status until it is told otherwise. */
function make(kind: 'SEGMENT' | 'EXPORT', status: string, parts: object = {}): string {
  upstream.course = [status];
  const job: { id: string | number } = upstream.add(kind, {
    ...(kind === 'EXPORT' && { destination: {}, filter: {} }),
    ...(kind === 'SEGMENT' && { segments: [] }),
    ...parts,
  });
  return String(job.id);
}

function move(id: string, status: string): void {
  for (const job of upstream.jobs) if (String(job.wire.id) === id) job.statuses = [status];
}

const minute = 60_000;

describe('watching all jobs', () => {
  it('begins with those that have not ended, newest first, and goes on with what changes', async () => {
    make('SEGMENT', 'SUCCEEDED');
    const first = make('SEGMENT', 'NEW');
    const second = make('SEGMENT', 'PROCESSING');
    const heard = listen();
    await time.advance(0);
    expect(heard.words).toEqual([`SNAPSHOT ${second} PROCESSING`, `SNAPSHOT ${first} NEW`]);
    move(first, 'PROCESSING');
    await time.advance(minute);
    expect(heard.words.slice(2)).toEqual([`STATUS ${first} NEW>PROCESSING`]);
  });

  it('begins also with those that run behind a hundred newer ones, and tells of their end', async () => {
    const old = [make('SEGMENT', 'PROCESSING'), make('EXPORT', 'PROCESSING')];
    for (let count = 0; count < 250; count += 1) make(count % 2 === 0 ? 'SEGMENT' : 'EXPORT', 'SUCCEEDED');
    const heard = listen();
    await time.advance(0);
    expect(heard.words).toEqual(old.map((id) => `SNAPSHOT ${id} PROCESSING`));
    for (const id of old) move(id, 'SUCCEEDED');
    await time.advance(minute);
    expect(heard.words.slice(2).toSorted()).toEqual(
      old.map((id) => `TERMINAL ${id} PROCESSING>SUCCEEDED`).toSorted(),
    );
  });

  it('reads no further than to the newest where nothing older can fit', async () => {
    for (let count = 0; count < 150; count += 1) make('SEGMENT', 'PROCESSING');
    const createdAfter = new Date(1);
    const heard = listen({ kinds: ['SEGMENT'], filter: { createdAfter } });
    await time.advance(0);
    expect(heard.words).toEqual([]);
    expect(upstream.calls).toEqual(['list SEGMENT']);
  });

  it('finds every one of hundreds that were made between two looks, and the end of each', async () => {
    make('EXPORT', 'SUCCEEDED');
    const heard = listen();
    await time.advance(1_000);
    const ids = Array.from({ length: 300 }, () => make('EXPORT', 'NEW'));
    await time.advance(minute);
    expect(heard.words).toEqual(ids.map((id) => `CREATED ${id} NEW`));
    for (const id of ids) move(id, 'SUCCEEDED');
    await time.advance(20 * minute);
    expect(heard.words.slice(300).toSorted()).toEqual(
      ids.map((id) => `TERMINAL ${id} NEW>SUCCEEDED`).toSorted(),
    );
  });

  it('tells of jobs that others make, and of the end of each once', async () => {
    const heard = listen();
    await time.advance(1_000);
    const id = make('EXPORT', 'NEW');
    await time.advance(minute);
    move(id, 'SUCCEEDED');
    await time.advance(5 * minute);
    expect(heard.words).toEqual([`CREATED ${id} NEW`, `TERMINAL ${id} NEW>SUCCEEDED`]);
    expect(heard.isDone).toBe(false);
  });

  it('tells of a job that was made and ended between two looks', async () => {
    const heard = listen();
    await time.advance(1_000);
    const id = make('SEGMENT', 'FAILED');
    await time.advance(minute);
    expect(heard.words).toEqual([`CREATED ${id} FAILED`, `TERMINAL ${id} FAILED`]);
  });

  it('finds every one of many that were made between two looks', async () => {
    make('SEGMENT', 'SUCCEEDED');
    const heard = listen();
    await time.advance(1_000);
    const ids = Array.from({ length: 70 }, () => make('SEGMENT', 'NEW'));
    await time.advance(minute);
    expect(heard.words).toEqual(ids.map((id) => `CREATED ${id} NEW`));
  });

  it('follows jobs that newer ones have pushed off the first page by one bulk-get', async () => {
    const old = [make('SEGMENT', 'PROCESSING'), make('SEGMENT', 'PROCESSING')];
    const heard = listen({ kinds: ['SEGMENT'] });
    await time.advance(0);
    for (let count = 0; count < 40; count += 1) make('SEGMENT', 'SUCCEEDED');
    await time.advance(minute);
    for (const id of old) move(id, 'SUCCEEDED');
    await time.advance(minute);
    expect(heard.words.filter((word) => old.some((id) => word.startsWith(`TERMINAL ${id} `)))).toHaveLength(
      2,
    );
  });

  it('keeps to the kinds', async () => {
    const heard = listen({ kinds: ['EXPORT'] });
    await time.advance(1_000);
    make('SEGMENT', 'NEW');
    const id = make('EXPORT', 'NEW');
    await time.advance(minute);
    expect(heard.words).toEqual([`CREATED ${id} NEW`]);
    expect(upstream.countOf('list SEGMENT')).toBe(0);
  });

  it('keeps to a segment and a dataset', async () => {
    const ofSegment = listen({ filter: { segmentId: 's1' } });
    const ofDataset = listen({ kinds: ['EXPORT'], filter: { datasetId: 'd1' } });
    await time.advance(1_000);
    make('SEGMENT', 'NEW', { segments: [{ segmentId: 's2' }] });
    const job = make('SEGMENT', 'NEW', { segments: [{ segmentId: 's1' }] });
    make('EXPORT', 'NEW', { destination: { datasetId: 'd2' } });
    const one = make('EXPORT', 'NEW', {
      destination: { dataSetId: 'd1' },
      filter: { segments: [{ segmentId: 's1' }] },
    });
    await time.advance(minute);
    expect(ofSegment.words.toSorted()).toEqual([`CREATED ${job} NEW`, `CREATED ${one} NEW`].toSorted());
    expect(ofDataset.words).toEqual([`CREATED ${one} NEW`]);
  });

  it('tells when a job leaves the statuses that are asked for, and when it comes to them', async () => {
    const leaving = make('SEGMENT', 'NEW');
    const coming = make('SEGMENT', 'PROCESSING');
    const heard = listen({ filter: { statuses: ['NEW', 'CANCELLING'] } });
    await time.advance(0);
    expect(heard.words).toEqual([`SNAPSHOT ${leaving} NEW`]);
    move(leaving, 'PROCESSING');
    await time.advance(minute);
    expect(heard.words.slice(1)).toEqual([`STATUS ${leaving} NEW>PROCESSING`]);
    move(leaving, 'SUCCEEDED');
    move(coming, 'CANCELLING');
    await time.advance(minute);
    expect(heard.words.slice(2)).toEqual([`STATUS ${coming} PROCESSING>CANCELLING`]);
  });

  it('never shows a status that has gone back', async () => {
    const id = make('SEGMENT', 'PROCESSING');
    const heard = listen();
    await time.advance(0);
    move(id, 'SUCCEEDED');
    await time.advance(minute);
    move(id, 'PROCESSING');
    await time.advance(minute);
    expect(heard.words).toEqual([`SNAPSHOT ${id} PROCESSING`, `TERMINAL ${id} PROCESSING>SUCCEEDED`]);
  });

  it('comes back from a status that nobody knows', async () => {
    const id = make('SEGMENT', 'PROCESSING');
    const heard = listen();
    await time.advance(0);
    for (const status of ['WEIRD', 'PROCESSING', 'SUCCEEDED']) {
      move(id, status);
      await time.advance(minute);
    }
    expect(heard.words).toEqual([
      `SNAPSHOT ${id} PROCESSING`,
      `STATUS ${id} PROCESSING>WEIRD`,
      `STATUS ${id} WEIRD>PROCESSING`,
      `TERMINAL ${id} PROCESSING>SUCCEEDED`,
    ]);
  });

  it('looks once for all who listen with one credential, kinds and filter, and apart for others', async () => {
    for (let count = 0; count < 5; count += 1) listen();
    await time.advance(10 * minute);
    const { calls } = upstream;
    const alone = calls.length;
    // Two lists a look; a dozen looks in the first minutes, then at most every twenty-four seconds.
    expect(alone).toBeLessThan(2 * (10 * 2.5 + 18));
    listen({ caller: bob });
    await time.advance(1);
    expect(calls.length).toBe(alone + 2);
    expect(watchers.stats()).toMatchObject({ subscribers: 6 });
  });

  it('costs two calls a look, whatever number of jobs runs at the top of the lists', async () => {
    for (let count = 0; count < 10; count += 1) {
      make('SEGMENT', 'PROCESSING');
      make('EXPORT', 'PROCESSING');
    }
    listen();
    await time.advance(0);
    const before = upstream.calls.length;
    await time.advance(1_200);
    expect(upstream.calls.slice(before)).toEqual(['list SEGMENT', 'list EXPORT']);
  });

  it('looks at once where a mutation of this caller has made a job', async () => {
    const heard = listen();
    await time.advance(5 * minute);
    const id = make('SEGMENT', 'NEW');
    watchers.nudge(ada, 'SEGMENT', id);
    await time.advance(1);
    expect(heard.words).toEqual([`CREATED ${id} NEW`]);
  });

  it('resumes behind a cursor', async () => {
    const id = make('SEGMENT', 'NEW');
    const heard = listen();
    await time.advance(0);
    move(id, 'PROCESSING');
    await time.advance(minute);
    const after = heard.changes.at(-1)?.cursor ?? '';
    heard.leave();
    await time.advance(minute);
    move(id, 'SUCCEEDED');
    const again = listen({ after });
    await time.advance(minute);
    expect(again.words).toEqual([`TERMINAL ${id} PROCESSING>SUCCEEDED again`]);
  });

  it('sends again what was missed', async () => {
    const id = make('SEGMENT', 'NEW');
    const heard = listen();
    const other = listen();
    await time.advance(0);
    const after = heard.changes.at(-1)?.cursor ?? '';
    heard.leave();
    move(id, 'PROCESSING');
    await time.advance(minute);
    const again = listen({ after });
    await time.advance(1);
    expect(again.words).toEqual([`STATUS ${id} NEW>PROCESSING again`]);
    expect(other.words.at(-1)).toBe(`STATUS ${id} NEW>PROCESSING`);
  });

  it('answers a cursor whose history is gone with GAP and how things stand', async () => {
    const id = make('SEGMENT', 'NEW');
    const heard = listen();
    await time.advance(0);
    heard.leave();
    await time.advance(11 * minute);
    const again = listen({ after: heard.changes[0]?.cursor ?? '' });
    await time.advance(0);
    expect(again.words).toEqual(['GAP', `SNAPSHOT ${id} NEW`]);
  });

  it('refuses a cursor of another filter, and what is none', async () => {
    make('SEGMENT', 'NEW');
    const heard = listen();
    await time.advance(0);
    for (const after of [heard.changes[0]?.cursor ?? '', 'long-ago']) {
      const other = listen({ kinds: ['SEGMENT'], after });
      await time.advance(0);
      expect(other).toMatchObject({ words: [], isDone: true, error: expect.any(BadCursor) as unknown });
    }
  });

  it('bears an upstream that is away, and tells then what has happened', async () => {
    const heard = listen();
    await time.advance(1_000);
    upstream.before = () => {
      throw new UpstreamUnavailable('away', { service: 'segmentation', status: 503 });
    };
    await time.advance(2 * minute);
    upstream.before = () => undefined;
    const id = make('SEGMENT', 'NEW');
    await time.advance(minute);
    expect(heard).toMatchObject({ words: [`CREATED ${id} NEW`], isDone: false });
  });

  it('asks no further where another look of this caller was told to wait meanwhile', async () => {
    make('SEGMENT', 'PROCESSING');
    for (let count = 0; count < 25; count += 1) make('SEGMENT', 'SUCCEEDED');
    listen({ kinds: ['SEGMENT'] });
    listen();
    await time.advance(minute);
    upstream.before = (call) => {
      if (call !== 'list EXPORT') return;
      upstream.before = () => undefined;
      throw new UpstreamRateLimited('slow', { service: 'segmentation', status: 429, retryAfterMs: minute });
    };
    await time.advance(minute / 2);
    expect(upstream.calls.at(-1)).toBe('list SEGMENT');
    await time.advance(minute);
    expect(upstream.calls.at(-1)).toBe('look SEGMENT');
  });

  it('ends with a refusal', async () => {
    const heard = listen();
    await time.advance(1_000);
    upstream.before = () => {
      throw new UpstreamForbidden('no', { service: 'segmentation', status: 403 });
    };
    await time.advance(minute);
    expect(heard.error).toBeInstanceOf(UpstreamForbidden);
  });

  it('stops looking when the last listener leaves', async () => {
    const heard = listen();
    await time.advance(1_000);
    heard.leave();
    const calls = upstream.calls.length;
    await time.advance(4 * minute);
    expect(upstream.calls).toHaveLength(calls);
    expect(watchers.stats()).toMatchObject({ subscribers: 0, watchedJobs: 0 });
  });

  it('forgets a job that is missing twice, without a word', async () => {
    const id = make('SEGMENT', 'PROCESSING');
    const heard = listen();
    await time.advance(0);
    upstream.jobs.splice(0);
    await time.advance(2 * minute);
    expect(heard).toMatchObject({ words: [`SNAPSHOT ${id} PROCESSING`], isDone: false });
    expect(watchers.stats().watchedJobs).toBe(0);
  });

  it.each([
    ['QUEUED', ['CREATED j1 QUEUED'], 'STATUS j1 NEW>QUEUED'],
    ['SUCCEEDED', ['CREATED j1 SUCCEEDED', 'TERMINAL j1 SUCCEEDED'], 'TERMINAL j1 NEW>SUCCEEDED'],
  ])(
    'tells of a job that is there again (%s) as new to one who came while it was not',
    async (status, words, word) => {
      const id = make('SEGMENT', 'NEW');
      const heard = listen();
      await time.advance(0);
      const all = upstream.jobs.splice(0);
      await time.advance(2 * minute);
      const late = listen();
      await time.advance(minute);
      expect(late.words).toEqual([]);
      upstream.jobs.push(...all);
      move(id, status);
      await time.advance(minute);
      expect(late.words).toEqual(words);
      expect(heard.words.slice(1)).toEqual([word]);
    },
  );
});

describe('one who does not read while hundreds of jobs come and go', () => {
  const watch = (after?: string): AsyncIterableIterator<JobChange> =>
    watchers.watchAll({
      caller: ada,
      kinds: ['SEGMENT'],
      filter: {},
      after,
      freshSources: () => upstream.sourcesOf(ada),
    });

  /** What is there, or comes without the clock being moved. */
  async function readAll(stream: AsyncIterableIterator<JobChange>): Promise<readonly JobChange[]> {
    const read: JobChange[] = [];
    void (async () => {
      for await (const change of stream) read.push(change);
    })();
    await time.advance(0);
    return read;
  }

  let ended: readonly string[];
  let stays: string;
  let read: readonly JobChange[];
  beforeEach(async () => {
    const slow = watch();
    const first = slow.next();
    stays = make('SEGMENT', 'NEW');
    await time.advance(0);
    await first;
    const made: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      const ids = Array.from({ length: 90 }, () => make('SEGMENT', 'NEW'));
      made.push(...ids);
      for (const status of ['PROCESSING', 'SUCCEEDED']) {
        await time.advance(2_000);
        for (const id of ids) move(id, status);
      }
      await time.advance(2_000);
    }
    ended = made;
    read = await readAll(slow);
  });

  it('hears that there is a gap, of each job that ended in it, and how the others stand', () => {
    expect(read.slice(0, 1).map(wordOf)).toEqual(['GAP']);
    const ends = read.filter(({ type }) => type === 'TERMINAL').map(({ watched }) => watched?.job.id);
    expect(ends.toSorted()).toEqual(ended.toSorted());
    expect(read.slice(ended.length + 1).map(wordOf)).toEqual([`SNAPSHOT ${stays} NEW`]);
  });

  it('misses nothing where he breaks off in the middle of that', async () => {
    const again = await readAll(watch(read[5]?.cursor));
    expect(again.map(wordOf)).toEqual(['GAP', `SNAPSHOT ${stays} NEW`]);
  });

  it('goes on from the end of it as anybody does', async () => {
    move(stays, 'PROCESSING');
    const again = await readAll(watch(read.at(-1)?.cursor));
    await time.advance(2_000);
    expect(again.map(wordOf)).toEqual([`STATUS ${stays} NEW>PROCESSING`]);
  });
});
