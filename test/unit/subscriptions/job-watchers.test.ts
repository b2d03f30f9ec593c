import { createCaller } from '../../../src/datasources/caller';
import { BadCursor } from '../../../src/errors/bad-cursor';
import {
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamUnauthorized,
  UpstreamUnavailable,
} from '../../../src/errors/upstream-error';
import { backboneLimits } from '../../../src/state/backbone/backbone';
import { ada } from '../../support/fake-upstream';
import { ScriptedJobs, bob } from '../../support/scripted-jobs';

let jobs: ScriptedJobs;
beforeEach(() => {
  jobs = new ScriptedJobs();
});
afterEach(() => jobs.watchers.close());

const failure = { service: 'segmentation', status: 503 } as const;
const unavailable = new UpstreamUnavailable('down', failure);
const gone = new UpstreamNotFound('gone', { ...failure, status: 404 });

/** Moves on and then shows a new state of a job. */
async function goOn(
  ms: number,
  id: string,
  finding: Parameters<ScriptedJobs['now']['set']>[1],
): Promise<void> {
  jobs.now.set(id, finding);
  await jobs.time.advance(ms);
}

describe('a stream', () => {
  it('tells the state, each change, one end, and completes', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', 'QUEUED');
    await goOn(1_200, 'j1', { status: 'PROCESSING', progress: 0.1 });
    await goOn(1_200, 'j1', { status: 'PROCESSING', progress: 0.6 });
    await goOn(1_200, 'j1', { status: 'SUCCEEDED', progress: 1 });
    expect(heard.words).toEqual([
      'SNAPSHOT NEW',
      'STATUS NEW>QUEUED',
      'STATUS QUEUED>PROCESSING 0.1',
      'PROGRESS PROCESSING 0.6',
      'TERMINAL PROCESSING>SUCCEEDED 1',
    ]);
    expect(heard).toMatchObject({ isDone: true, error: null });
  });

  it('of a job that had ended is SNAPSHOT, TERMINAL, end', async () => {
    jobs.now.set('j1', 'FAILED');
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    expect(heard.words).toEqual(['SNAPSHOT FAILED', 'TERMINAL FAILED']);
    expect(heard.isDone).toBe(true);
    expect(jobs.looks).toHaveLength(1);
  });

  it('never goes back: a replica that lags is not shown, a terminal status is final', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', { status: 'PROCESSING', progress: 0.5 });
    await goOn(1_200, 'j1', 'QUEUED');
    await goOn(1_200, 'j1', { status: 'PROCESSING', progress: 0.3 });
    await goOn(1_200, 'j1', { status: 'PROCESSING', progress: 0.9, updateTime: 0 });
    await goOn(3_000, 'j1', 'SUCCEEDED');
    await goOn(60_000, 'j1', 'PROCESSING');
    expect(heard.words).toEqual([
      'SNAPSHOT NEW',
      'STATUS NEW>PROCESSING 0.5',
      'TERMINAL PROCESSING>SUCCEEDED 0.5',
    ]);
    expect(jobs.wentBack).toEqual(['SEGMENT']);
  });

  it('takes an answer that names no status for one that says nothing of it', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', { status: 'PROCESSING', progress: 0.5 });
    await goOn(1_200, 'j1', { status: '', progress: 0.6, updateTime: 2 });
    await goOn(3_000, 'j1', { status: 'SUCCEEDED', updateTime: 3 });
    expect(heard.words.map((word) => word.replace(/ [\d.]+$/, ''))).toEqual([
      'SNAPSHOT NEW',
      'STATUS NEW>PROCESSING',
      'PROGRESS PROCESSING',
      'TERMINAL PROCESSING>SUCCEEDED',
    ]);
  });

  it('does not take the end of another job for its own', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(2_000, 'j1', { status: 'FAILED', id: 'another' });
    await goOn(10_000, 'j1', { status: 'SUCCEEDED', updateTime: 2 });
    expect(heard.words).toEqual(['SNAPSHOT NEW', 'TERMINAL NEW>SUCCEEDED']);
  });

  it('never shows less progress than before, and keeps what is known', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', { status: 'PROCESSING', progress: 0.5 });
    await goOn(1_200, 'j1', { status: 'PROCESSING', progress: 0.2, updateTime: 2 });
    await goOn(1_200, 'j1', { status: 'CANCELLING', updateTime: 3 });
    await goOn(1_200, 'j1', { status: 'CANCELLED', progress: 0.1, updateTime: 4 });
    expect(heard.words).toEqual([
      'SNAPSHOT NEW',
      'STATUS NEW>PROCESSING 0.5',
      'PROGRESS PROCESSING 0.5',
      'STATUS PROCESSING>CANCELLING 0.5',
      'TERMINAL CANCELLING>CANCELLED 0.5',
    ]);
  });

  it('tells all who listen by the same objects, also those who come back', async () => {
    const one = jobs.listen(jobs.watch('j1'));
    const other = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', 'PROCESSING');
    const again = [1, 2].map(() => jobs.listen(jobs.watch('j1', { after: one.changes[0]?.cursor ?? '' })));
    await jobs.time.advance(0);
    expect(one.changes).toHaveLength(2);
    one.changes.forEach((change, at) => expect(other.changes[at]).toBe(change));
    expect(again[0]?.changes[0]).toMatchObject({ type: 'STATUS', replayed: true });
    expect(again[0]?.changes[0]).toBe(again[1]?.changes[0]);
  });

  it('does not take a status that nobody knows for the end, and comes back from it', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', { status: 'PROCESSING', updateTime: 5_000 });
    await goOn(1_200, 'j1', { status: 'PAUSED', updateTime: 10_000 });
    await goOn(1_200, 'j1', { status: 'PROCESSING', updateTime: 15_000 });
    await goOn(1_200, 'j1', { status: 'PAUSED', updateTime: 20_000 });
    await goOn(2_000, 'j1', 'SUCCEEDED');
    expect(heard.words).toEqual([
      'SNAPSHOT NEW',
      'STATUS NEW>PROCESSING',
      'STATUS PROCESSING>PAUSED',
      'STATUS PAUSED>PROCESSING',
      'STATUS PROCESSING>PAUSED',
      'TERMINAL PAUSED>SUCCEEDED',
    ]);
    expect(jobs.wentBack).toEqual([]);
  });

  it('does not come back from it to what a replica that lags still shows', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', { status: 'PROCESSING', updateTime: 5_000 });
    await goOn(1_200, 'j1', { status: 'PAUSED', updateTime: 10_000 });
    await goOn(1_200, 'j1', { status: 'PROCESSING', updateTime: 5_000 });
    await goOn(1_200, 'j1', { status: 'QUEUED', updateTime: 15_000 });
    expect(heard.words).toEqual(['SNAPSHOT NEW', 'STATUS NEW>PROCESSING', 'STATUS PROCESSING>PAUSED']);
  });

  it('that begins with it does not go back from it', async () => {
    jobs.now.set('j1', { status: 'PAUSED', updateTime: 10_000 });
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(1_200, 'j1', { status: 'QUEUED', updateTime: 5_000 });
    await goOn(1_200, 'j1', { status: 'PROCESSING', updateTime: 15_000 });
    expect(heard.words).toEqual(['SNAPSHOT PAUSED', 'STATUS PAUSED>PROCESSING']);
  });

  it('shows a status that nobody knows once where no update tells it from the one before', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', 'PROCESSING');
    for (const status of ['PAUSED', 'PROCESSING', 'PAUSED', 'PROCESSING']) await goOn(1_200, 'j1', status);
    expect(heard.words).toEqual([
      'SNAPSHOT NEW',
      'STATUS NEW>PROCESSING',
      'STATUS PROCESSING>PAUSED',
      'STATUS PAUSED>PROCESSING',
    ]);
  });

  it('drops no status for a slow reader, but runs of progress', async () => {
    const stream = jobs.watch('j1');
    const first = stream.next();
    await jobs.time.advance(0);
    await expect(first).resolves.toMatchObject({ value: { type: 'SNAPSHOT' } });
    await goOn(300, 'j1', { status: 'PROCESSING', progress: 0.1 });
    for (const progress of [0.2, 0.3, 0.4]) await goOn(5_000, 'j1', { status: 'PROCESSING', progress });
    await goOn(15_000, 'j1', 'CANCELLING');
    await goOn(15_000, 'j1', 'CANCELLED');
    const heard = jobs.listen(stream);
    await jobs.time.advance(0);
    expect(heard.words).toEqual([
      'STATUS NEW>PROCESSING 0.1',
      'PROGRESS PROCESSING 0.4',
      'STATUS PROCESSING>CANCELLING 0.4',
      'TERMINAL CANCELLING>CANCELLED 0.4',
    ]);
    expect(heard.isDone).toBe(true);
  });

  it('follows export jobs too, apart from a segment job of the same id', async () => {
    jobs.now.set('7', 'PROCESSING');
    const heard = jobs.listen(jobs.watch('7', { kind: 'EXPORT' }));
    jobs.listen(jobs.watch('7'));
    await jobs.time.advance(0);
    expect(heard.changes[0]?.watched).toMatchObject({ kind: 'EXPORT', job: { id: '7' } });
    expect(jobs.watchers.stats()).toMatchObject({ watchedJobs: 2 });
  });
});

describe('looks', () => {
  const lookTimes = async (ms: number): Promise<number[]> => {
    const startMs = jobs.time.clock().getTime();
    const times: number[] = [];
    for (let passed = 0; passed < ms; passed += 10) {
      const before = jobs.looks.length;
      await jobs.time.advance(passed === 0 ? 0 : 10);
      if (jobs.looks.length > before) times.push(jobs.time.clock().getTime() - startMs);
    }
    return times;
  };

  it('come at once, soon after that, then every second, and more slowly as nothing happens', async () => {
    jobs.listen(jobs.watch('j1'));
    expect(await lookTimes(12_000)).toEqual([
      0, 300, 1_430, 2_550, 3_680, 4_800, 5_930, 7_260, 8_900, 10_900,
    ]);
  });

  it('come at least every 30 seconds', async () => {
    jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(600_000);
    const before = jobs.looks.length;
    await jobs.time.advance(300_000);
    expect(jobs.looks.length - before).toBeGreaterThanOrEqual(10);
    expect(jobs.looks.length - before).toBeLessThanOrEqual(13);
  });

  it('come often again once the status has changed', async () => {
    jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(600_000);
    jobs.now.set('j1', 'PROCESSING');
    const before = jobs.looks.length;
    // The change is seen within 30 s; then a look a second.
    await jobs.time.advance(34_000);
    expect(jobs.looks.length - before).toBeGreaterThanOrEqual(4);
  });

  it('come at once after a nudge', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(120_000);
    jobs.now.set('j1', 'CANCELLING');
    jobs.watchers.nudge(ada, 'SEGMENT', 'j1');
    await jobs.time.advance(0);
    expect(heard.words.at(-1)).toBe('STATUS NEW>CANCELLING');
  });

  it('are as many for a hundred subscribers as for one', async () => {
    jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(10_000);
    const alone = jobs.looks.length;
    const crowd = new ScriptedJobs();
    const heard = Array.from({ length: 100 }, () => crowd.listen(crowd.watch('j1')));
    await crowd.time.advance(10_000);
    expect(crowd.looks).toHaveLength(alone);
    expect(heard.every(({ words }) => words[0] === 'SNAPSHOT NEW')).toBe(true);
    expect(crowd.watchers.stats()).toEqual({
      subscribers: 100,
      watchedJobs: 1,
      upstreamPolls: alone,
      pollsSaved: alone * 99,
    });
    await crowd.watchers.close();
  });

  it('at several jobs of one caller go through one set of sources, and never through that of another caller', async () => {
    for (const id of ['j1', 'j2', 'j3']) jobs.listen(jobs.watch(id));
    jobs.listen(jobs.watch('j1', { caller: bob }));
    await jobs.time.advance(0);
    expect(jobs.looks).toEqual(['set 1: j1', 'set 1: j2', 'set 1: j3', 'set 2: j1']);
    expect(jobs.watchers.stats()).toMatchObject({ upstreamPolls: 2, pollsSaved: 2 });
  });

  it('find their company again though the jobs were first seen at different times', async () => {
    for (const id of ['j1', 'j2', 'j3', 'j4']) {
      jobs.listen(jobs.watch(id));
      await jobs.time.advance(400);
    }
    await jobs.time.advance(120_000);
    const before = jobs.watchers.stats();
    await jobs.time.advance(300_000);
    const { upstreamPolls, pollsSaved } = jobs.watchers.stats();
    expect(pollsSaved - before.pollsSaved).toBe(3 * (upstreamPolls - before.upstreamPolls));
  });

  it('bring one who joins late the state of now, not that of 30 seconds ago', async () => {
    jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(300_000);
    jobs.now.set('j1', 'PROCESSING');
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    expect(heard.words).toEqual(['SNAPSHOT PROCESSING']);
  });

  it('are not made again for one who leaves and comes back at once', async () => {
    const jobs = new ScriptedJobs();
    for (let count = 0; count < 50; count += 1) {
      const heard = jobs.listen(jobs.watch('j1'));
      await jobs.time.advance(20);
      expect(heard.words).toEqual(['SNAPSHOT NEW']);
      await heard.stream.return?.();
      await jobs.time.advance(20);
    }
    expect(jobs.looks).toHaveLength(1);
    await jobs.watchers.close();
  });

  it('go on by their cadence for one who came back', async () => {
    const jobs = new ScriptedJobs();
    const before = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await before.stream.return?.();
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    jobs.now.set('j1', 'PROCESSING');
    await jobs.time.advance(1_300);
    expect(heard.words).toEqual(['SNAPSHOT NEW', 'STATUS NEW>PROCESSING']);
    await jobs.watchers.close();
  });
});

describe('the wall clock', () => {
  it('only says when something was seen: a day forward or back changes nothing else', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    jobs.time.jump(24 * 3_600_000);
    await goOn(1_500, 'j1', 'QUEUED');
    jobs.time.jump(-48 * 3_600_000);
    await goOn(1_500, 'j1', 'PROCESSING');
    expect(heard.words).toEqual(['SNAPSHOT NEW', 'STATUS NEW>QUEUED', 'STATUS QUEUED>PROCESSING']);
    const days = heard.changes.map(({ at }) => at.toISOString().slice(0, 10));
    expect(days).toEqual(['2024-05-01', '2024-05-02', '2024-04-30']);
  });
});

describe('a budget of upstream calls', () => {
  it('is kept, though each watch then comes later', async () => {
    const tight = new ScriptedJobs({ budget: { callsPerSecond: 2 } });
    const heard = Array.from({ length: 30 }, (_, at) =>
      tight.listen(
        tight.watch(`j${at}`, { kind: 'EXPORT', caller: createCaller({ ...ada, apiKey: String(at) }) }),
      ),
    );
    await tight.time.advance(60_000);
    expect(tight.watchers.stats().upstreamPolls).toBeLessThanOrEqual(2 * 60 + 3);
    expect(heard.every(({ words }) => words[0] === 'SNAPSHOT NEW')).toBe(true);
    await tight.watchers.close();
  });
});

describe('leaving', () => {
  it('releases everything at once', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await heard.stream.return?.();
    const looks = jobs.looks.length;
    expect(jobs.watchers.stats()).toMatchObject({ subscribers: 0, watchedJobs: 0 });
    await jobs.time.advance(120_000);
    expect(jobs.looks).toHaveLength(looks);
    expect(heard.isDone).toBe(true);
  });

  it('of one does not stop the others', async () => {
    const first = jobs.listen(jobs.watch('j1'));
    const second = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await first.stream.return?.();
    await goOn(1_000, 'j1', 'SUCCEEDED');
    expect(second.words).toEqual(['SNAPSHOT NEW', 'TERMINAL NEW>SUCCEEDED']);
    expect(first.words).toEqual(['SNAPSHOT NEW']);
  });

  it('leaves no timer behind', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await heard.stream.return?.();
    expect(jobs.time.timerCount).toBe(0);
  });

  it('a stream that was never read costs nothing', async () => {
    await jobs.watch('j1').return?.();
    expect(jobs.watchers.stats()).toMatchObject({ subscribers: 0, watchedJobs: 0 });
    expect(jobs.time.timerCount).toBe(0);
  });

  it('happens to all when the house closes', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await jobs.watchers.close();
    await jobs.time.advance(0);
    expect(heard).toMatchObject({ isDone: true, error: null });
    expect(jobs.time.timerCount).toBe(0);
    const late = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    expect(late).toMatchObject({ isDone: true, words: [] });
  });
});

describe('errors', () => {
  it('a job that is not there throws NOT_FOUND before anything is shown', async () => {
    jobs.now.set('j1', gone);
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    expect(heard).toMatchObject({ words: [], isDone: true, error: gone });
    expect(jobs.watchers.stats()).toMatchObject({ subscribers: 0, watchedJobs: 0 });
  });

  it('that pass are borne', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(60_000, 'j1', unavailable);
    expect(heard.isDone).toBe(false);
    await goOn(40_000, 'j1', 'SUCCEEDED');
    expect(heard.words).toEqual(['SNAPSHOT NEW', 'TERMINAL NEW>SUCCEEDED']);
  });

  it('are looked past ever more slowly', async () => {
    jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    jobs.now.set('j1', unavailable);
    await jobs.time.advance(8_000);
    expect(jobs.looks.length).toBeLessThanOrEqual(7);
  });

  it('that last are told to one who waits for a first answer', async () => {
    jobs.now.set('j1', unavailable);
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(5_000);
    expect(heard).toMatchObject({ isDone: true, error: unavailable });
    expect(jobs.looks).toHaveLength(3);
  });

  it.each([
    ['401', new UpstreamUnauthorized('401', { ...failure, status: 401 })],
    ['403', new UpstreamForbidden('403', { ...failure, status: 403 })],
    ['400', new UpstreamRejected('400', { ...failure, status: 400 })],
    ['a bug', new Error('a bug')],
  ])('that do not pass end the stream: %s', async (_name, error) => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', error);
    expect(heard).toMatchObject({ words: ['SNAPSHOT NEW'], isDone: true, error });
  });

  it('a job that is missing twice in a row, two seconds apart, is gone', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', gone);
    await jobs.time.advance(1_000);
    expect(heard.isDone).toBe(false);
    await jobs.time.advance(1_500);
    expect(heard).toMatchObject({ isDone: true, error: gone });
  });

  it('a job that is missing once is not', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', gone);
    await goOn(5_000, 'j1', 'PROCESSING');
    await goOn(300, 'j1', gone);
    await goOn(5_000, 'j1', 'SUCCEEDED');
    expect(heard.words.at(-1)).toBe('TERMINAL PROCESSING>SUCCEEDED');
  });

  it('429 is obeyed for all that this caller watches, and for nothing of others', async () => {
    for (const id of ['j1', 'j2']) jobs.listen(jobs.watch(id));
    jobs.listen(jobs.watch('j3', { caller: bob }));
    await jobs.time.advance(0);
    jobs.now.set('j1', new UpstreamRateLimited('slow', { ...failure, status: 429, retryAfterMs: 20_000 }));
    await jobs.time.advance(1_000);
    const looks = jobs.looks.length;
    await jobs.time.advance(10_000);
    const later = jobs.looks.slice(looks).map((look) => look.slice(-2));
    expect(new Set(later)).toEqual(new Set(['j3']));
  });

  it('429 is obeyed', async () => {
    jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', new UpstreamRateLimited('slow', { ...failure, status: 429, retryAfterMs: 20_000 }));
    const looks = jobs.looks.length;
    await jobs.time.advance(19_000);
    expect(jobs.looks).toHaveLength(looks);
    await jobs.time.advance(2_000);
    expect(jobs.looks.length).toBeGreaterThan(looks);
  });
});

describe('resuming', () => {
  const cursorOf = (heard: ReturnType<ScriptedJobs['listen']>, index: number): string =>
    heard.changes[index]?.cursor ?? '';

  it('replays what was missed, then goes on', async () => {
    const first = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', 'QUEUED');
    await goOn(1_200, 'j1', 'PROCESSING');
    const second = jobs.listen(jobs.watch('j1', { after: cursorOf(first, 0) }));
    await goOn(3_000, 'j1', 'SUCCEEDED');
    expect(second.words).toEqual([
      'STATUS NEW>QUEUED again',
      'STATUS QUEUED>PROCESSING again',
      'TERMINAL PROCESSING>SUCCEEDED',
    ]);
    expect(second.isDone).toBe(true);
  });

  it('works after all had left, with what changed meanwhile', async () => {
    const first = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await first.stream.return?.();
    await goOn(60_000, 'j1', 'PROCESSING');
    const second = jobs.listen(jobs.watch('j1', { after: cursorOf(first, 0) }));
    await jobs.time.advance(0);
    expect(second.words).toEqual(['STATUS NEW>PROCESSING again']);
  });

  it('behind the end tells of the end once more and completes', async () => {
    const first = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', 'SUCCEEDED');
    const second = jobs.listen(jobs.watch('j1', { after: cursorOf(first, 1) }));
    await jobs.time.advance(0);
    expect(second).toMatchObject({ words: ['TERMINAL NEW>SUCCEEDED again'], isDone: true });
  });

  it('reads the job with the credential of who resumes before anything is shown', async () => {
    const first = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', 'SUCCEEDED');
    const refused = new UpstreamUnauthorized('401', { ...failure, status: 401 });
    jobs.now.set('j1', refused);
    const second = jobs.listen(jobs.watch('j1', { after: cursorOf(first, 0) }));
    await jobs.time.advance(0);
    expect(second).toMatchObject({ words: [], error: refused });
  });

  const forgotten = backboneLimits.keepMs + 1_000;

  it('with a history that is gone is GAP, then SNAPSHOT', async () => {
    const first = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await first.stream.return?.();
    await jobs.time.advance(forgotten);
    jobs.now.set('j1', 'PROCESSING');
    const second = jobs.listen(jobs.watch('j1', { after: cursorOf(first, 0) }));
    await jobs.time.advance(0);
    expect(second.words).toEqual(['GAP', 'SNAPSHOT PROCESSING']);
  });

  it('with a history that is gone goes on without a word where the job stands as it stood', async () => {
    const first = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await first.stream.return?.();
    await jobs.time.advance(forgotten);
    const second = jobs.listen(jobs.watch('j1', { after: cursorOf(first, 0) }));
    await jobs.time.advance(0);
    expect(second.words).toEqual([]);
    await goOn(1_200, 'j1', 'SUCCEEDED');
    expect(second).toMatchObject({ words: ['TERMINAL NEW>SUCCEEDED'], isDone: true });
  });

  it('behind the end, with a history that is gone, tells of the end once more and completes', async () => {
    const first = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', 'SUCCEEDED');
    await jobs.time.advance(forgotten);
    const second = jobs.listen(jobs.watch('j1', { after: cursorOf(first, 1) }));
    await jobs.time.advance(0);
    expect(second).toMatchObject({ words: ['TERMINAL SUCCEEDED again'], isDone: true });
  });

  it('tells nobody a status that he has passed, where the upstream lags behind his cursor', async () => {
    const first = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    await goOn(300, 'j1', 'CANCELLING');
    await first.stream.return?.();
    await goOn(forgotten, 'j1', 'QUEUED');
    const second = jobs.listen(jobs.watch('j1', { after: cursorOf(first, 1) }));
    await jobs.time.advance(0);
    for (const status of ['PROCESSING', 'CANCELLING', 'CANCELLED']) await goOn(1_200, 'j1', status);
    expect(second).toMatchObject({ words: ['TERMINAL CANCELLING>CANCELLED'], isDone: true });
  });

  it('behind a cursor that another credential of the same tenant was given works', async () => {
    const bobs = jobs.listen(jobs.watch('j1', { caller: bob }));
    await jobs.time.advance(0);
    const heard = jobs.listen(jobs.watch('j1', { after: cursorOf(bobs, 0) }));
    await jobs.time.advance(0);
    await goOn(1_200, 'j1', 'SUCCEEDED');
    expect(heard.words).toEqual(['TERMINAL NEW>SUCCEEDED']);
  });

  it.each([
    ['of another job', () => jobs.watch('j2')],
    ['of another sandbox', () => jobs.watch('j1', { caller: createCaller({ ...ada, sandbox: 'other' }) })],
    ['of another org', () => jobs.watch('j1', { caller: createCaller({ ...ada, orgId: 'OTHER@AdobeOrg' }) })],
    ['of a job of another kind', () => jobs.watch('j1', { kind: 'EXPORT' })],
  ])('with a cursor %s is an error before anything is read', async (_name, watchOther) => {
    const other = jobs.listen(watchOther());
    await jobs.time.advance(0);
    const looks = jobs.looks.length;
    const heard = jobs.listen(jobs.watch('j1', { after: cursorOf(other, 0) }));
    await jobs.time.advance(0);
    expect(heard).toMatchObject({ words: [], isDone: true, error: expect.any(BadCursor) as unknown });
    expect(jobs.looks).toHaveLength(looks);
    expect(jobs.watchers.stats()).toMatchObject({ subscribers: 1 });
  });

  it.each(['nonsense', '', 'AAAA'])('with a cursor that nobody gave is an error: %p', async (after) => {
    const heard = jobs.listen(jobs.watch('j1', { after }));
    await jobs.time.advance(0);
    expect(heard).toMatchObject({ words: [], isDone: true, error: expect.any(BadCursor) as unknown });
  });

  it('loses nothing between two cursors: each is new', async () => {
    const heard = jobs.listen(jobs.watch('j1'));
    await jobs.time.advance(0);
    for (let step = 1; step < 9; step += 1)
      await goOn(30_000, 'j1', { status: 'PROCESSING', progress: step / 10 });
    const cursors = heard.changes.map(({ cursor }) => cursor);
    expect(cursors).toHaveLength(9);
    expect(new Set(cursors).size).toBe(9);
  });
});
