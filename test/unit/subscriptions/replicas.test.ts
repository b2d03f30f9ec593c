import { BackboneUnavailable } from '../../../src/errors/backbone-unavailable';
import { UpstreamUnavailable } from '../../../src/errors/upstream-error';
import { backboneLimits } from '../../../src/state/backbone/backbone';
import type { Backbone } from '../../../src/state/backbone/backbone';
import { InProcessBackbones } from '../../../src/state/backbone/in-process-backbone';
import type { JobWatchers } from '../../../src/subscriptions/job-watchers';
import { ada } from '../../support/fake-upstream';
import { ScriptedUpstream } from '../../support/scripted-upstream';
import { FakeTime } from '../../support/fake-time';
import { ScriptedJobs } from '../../support/scripted-jobs';
import type { Finding } from '../../support/scripted-jobs';
import { watchersOn } from '../../support/watchers-on';

let time: FakeTime;
let now: Map<string, Finding>;
let backbones: InProcessBackbones;
let isAway: boolean;
/** Replicas that do not reach it. */
let cutOff: Set<string>;
let backboneCalls: number;
let replicas: ScriptedJobs[];
let lists: JobWatchers[];

/** One that is away when the test says so, for all replicas. */
function breakable(name: string, backbone: Backbone): Backbone {
  const call = async <T>(run: () => Promise<T>): Promise<T> => {
    backboneCalls += 1;
    if (isAway || cutOff.has(name)) throw new BackboneUnavailable('away');
    return run();
  };
  return {
    ...backbone,
    attend: (requests) => call(() => backbone.attend(requests)),
    append: (requests) => call(() => backbone.append(requests)),
    renew: (leases) => call(() => backbone.renew(leases)),
    beat: () => call(() => backbone.beat()),
    release: (leases) => call(() => backbone.release(leases)).catch(() => undefined),
  };
}

function replica(name: string, shown = now): ScriptedJobs {
  const backbone = breakable(name, backbones.join());
  const made = new ScriptedJobs({ time, now: shown, replica: name, backbone });
  replicas.push(made);
  return made;
}

beforeEach(() => {
  time = new FakeTime();
  now = new Map();
  backbones = new InProcessBackbones({ monotonicMs: time.monotonicMs, name: 'shared' });
  isAway = false;
  cutOff = new Set();
  backboneCalls = 0;
  replicas = [];
  lists = [];
});
afterEach(async () => {
  await Promise.all([
    ...replicas.map(({ watchers }) => watchers.close()),
    ...lists.map((each) => each.close()),
  ]);
});

async function goOn(ms: number, finding: Finding): Promise<void> {
  now.set('j1', finding);
  await time.advance(ms);
}

function two(): readonly [ScriptedJobs, ScriptedJobs] {
  return [replica('one'), replica('other')];
}

describe('replicas that share a backbone', () => {
  it('look at a job in one of them, and tell of it in all', async () => {
    const [one, other] = two();
    const first = one.listen(one.watch('j1'));
    await time.advance(0);
    const second = other.listen(other.watch('j1'));
    await time.advance(0);
    await goOn(1_200, 'QUEUED');
    await goOn(1_200, { status: 'PROCESSING', progress: 0.5 });
    await goOn(20_000, 'SUCCEEDED');
    const words = ['STATUS NEW>QUEUED', 'STATUS QUEUED>PROCESSING 0.5', 'TERMINAL PROCESSING>SUCCEEDED 0.5'];
    expect(first).toMatchObject({ words: ['SNAPSHOT NEW', ...words], isDone: true });
    expect(second).toMatchObject({ words: ['SNAPSHOT NEW', ...words], isDone: true });
    // Its own first look, by which its caller proves that he may.
    expect(other.looks).toHaveLength(1);
  });

  it('cost no more looks than one replica', async () => {
    const [one, other] = two();
    one.listen(one.watch('j1'));
    await time.advance(0);
    for (let count = 0; count < 10; count += 1) other.listen(other.watch('j1'));
    await time.advance(600_000);
    const alone = new ScriptedJobs();
    alone.listen(alone.watch('j1'));
    await alone.time.advance(600_000);
    await alone.watchers.close();
    expect(one.looks.length + other.looks.length).toBeLessThanOrEqual(alone.looks.length + 1);
  });

  it('take over at once where the one who looks closes', async () => {
    const [one, other] = two();
    one.listen(one.watch('j1'));
    await time.advance(0);
    const second = other.listen(other.watch('j1'));
    await time.advance(60_000);
    await one.watchers.close();
    await goOn(100, 'SUCCEEDED');
    expect(second).toMatchObject({ words: ['SNAPSHOT NEW', 'TERMINAL NEW>SUCCEEDED'], isDone: true });
  });

  it('take over soon after the one who looks has vanished, and leave nothing out that lasts three seconds', async () => {
    const [one, other] = two();
    one.listen(one.watch('j1'));
    await time.advance(0);
    const second = other.listen(other.watch('j1'));
    await time.advance(0);
    await goOn(60_000, 'QUEUED');
    cutOff.add('one');
    const looks = other.looks.length;
    await goOn(backboneLimits.silentMs - backboneLimits.beatMs - 100, 'PROCESSING');
    expect(other.looks).toHaveLength(looks);
    await time.advance(3_000 - backboneLimits.silentMs + backboneLimits.beatMs + 100);
    await goOn(3_000, 'CANCELLING');
    await goOn(3_000, 'CANCELLED');
    const words = [
      'STATUS QUEUED>PROCESSING',
      'STATUS PROCESSING>CANCELLING',
      'TERMINAL CANCELLING>CANCELLED',
    ];
    expect(second.words).toEqual(['SNAPSHOT NEW', 'STATUS NEW>QUEUED', ...words]);
  });

  it('look elsewhere where the one who looks does not reach the upstream, and rest in between where none does', async () => {
    const unavailable = new UpstreamUnavailable('away', { service: 'segmentation', status: 503 });
    const nowForOne = new Map<string, Finding>();
    const one = replica('one', nowForOne);
    const other = replica('other');
    const first = one.listen(one.watch('j1'));
    await time.advance(0);
    const second = other.listen(other.watch('j1'));
    await time.advance(20_000);
    nowForOne.set('j1', unavailable);
    await time.advance(10_000);
    await goOn(5_000, 'PROCESSING');
    const words = ['SNAPSHOT NEW', 'STATUS NEW>PROCESSING'];
    expect([first.words, second.words]).toEqual([words, words]);
    now.set('j1', unavailable);
    await time.advance(60_000);
    const looks = one.looks.length + other.looks.length;
    await time.advance(60_000);
    // Each at most as often as it would by itself.
    expect(one.looks.length + other.looks.length - looks).toBeLessThanOrEqual(6);
    await goOn(60_000, 'SUCCEEDED');
    expect([first.isDone, second.isDone]).toEqual([true, true]);
  });

  it('leave the lease to one that gives signs of life, however rarely it looks', async () => {
    const [one, other] = two();
    one.listen(one.watch('j1'));
    await time.advance(0);
    other.listen(other.watch('j1'));
    await time.advance(600_000);
    expect(other.looks).toHaveLength(1);
  });

  it('show one who comes what is, also where another one looks, and is lost', async () => {
    const [one, other] = two();
    one.listen(one.watch('j1'));
    await time.advance(0);
    other.listen(other.watch('j1'));
    await goOn(60_000, 'QUEUED');
    cutOff.add('one');
    await goOn(1_500, 'PROCESSING');
    const third = other.listen(other.watch('j1'));
    await time.advance(0);
    expect(third.words).toEqual(['SNAPSHOT PROCESSING']);
  });

  it('look once for a crowd that comes where another one looks', async () => {
    const [one, other] = two();
    one.listen(one.watch('j1'));
    await time.advance(0);
    other.listen(other.watch('j1'));
    await time.advance(60_000);
    const looks = other.looks.length;
    for (let count = 0; count < 50; count += 1) {
      other.listen(other.watch('j1'));
      await time.advance(20);
    }
    expect(other.looks).toHaveLength(looks + 1);
  });

  it.each(['a replica that listens, too', 'a replica where nobody listens'])(
    'hear at once of what was changed through %s',
    async (where) => {
      const [one, other] = two();
      const first = one.listen(one.watch('j1'));
      await time.advance(0);
      if (where.endsWith('too')) other.listen(other.watch('j1'));
      await goOn(60_000, 'PROCESSING');
      now.set('j1', 'CANCELLING');
      other.watchers.nudge(ada, 'SEGMENT', 'j1');
      await time.advance(0);
      expect(first.words.at(-1)).toBe('STATUS PROCESSING>CANCELLING');
    },
  );

  it('look once a second at most, however often they are told of news', async () => {
    const [one, other] = two();
    one.listen(one.watch('j1'));
    await goOn(60_000, 'PROCESSING');
    const looks = one.looks.length;
    for (let count = 0; count < 100; count += 1) {
      other.watchers.nudge(ada, 'SEGMENT', 'j1');
      await time.advance(50);
    }
    expect(one.looks.length - looks).toBeLessThanOrEqual(6);
  });

  it('resume in another replica, without a gap and without hearing anything twice', async () => {
    const [one, other] = two();
    const first = one.listen(one.watch('j1'));
    await time.advance(0);
    await goOn(300, 'QUEUED');
    const after = first.changes.at(-1)?.cursor ?? '';
    await goOn(1_200, 'PROCESSING');
    const second = other.listen(other.watch('j1', { after }));
    await time.advance(0);
    await goOn(1_200, 'SUCCEEDED');
    expect(second.words).toEqual(['STATUS QUEUED>PROCESSING again', 'TERMINAL PROCESSING>SUCCEEDED']);
  });

  it('resume after all had left, in a replica that has never seen the job', async () => {
    const [one, other] = two();
    const first = one.listen(one.watch('j1'));
    await time.advance(0);
    const after = first.changes.at(-1)?.cursor ?? '';
    await goOn(300, 'QUEUED');
    await one.watchers.close();
    await goOn(60_000, 'PROCESSING');
    const second = other.listen(other.watch('j1', { after }));
    await time.advance(0);
    expect(second.words).toEqual(['STATUS NEW>QUEUED again', 'STATUS QUEUED>PROCESSING again']);
  });

  it('never show what a credential of theirs has not been let read', async () => {
    const [one, other] = two();
    one.listen(one.watch('j1'));
    await time.advance(0);
    const refused = new Error('no');
    now.set('j1', refused);
    const second = other.listen(other.watch('j1'));
    await time.advance(0);
    expect(second).toMatchObject({ words: [], error: refused });
  });
});

describe('one who comes back', () => {
  it('hears of a change from the status that he knows, where that between was shown only as it stood', async () => {
    const [one, other] = two();
    const first = one.listen(one.watch('j1'));
    await time.advance(0);
    await one.watchers.close();
    cutOff.add('other');
    await goOn(6_000, 'PROCESSING');
    other.listen(other.watch('j1'));
    await time.advance(3_000);
    cutOff.delete('other');
    await time.advance(20_000);
    await goOn(30_000, 'CANCELLING');
    const again = other.listen(other.watch('j1', { after: first.changes[0]?.cursor ?? '' }));
    await time.advance(0);
    expect(again.words).toEqual(['STATUS NEW>CANCELLING again']);
  });
});

describe('a list over several replicas', () => {
  let upstream: ScriptedUpstream;
  beforeEach(() => {
    upstream = new ScriptedUpstream();
    upstream.course = ['NEW'];
  });

  function watchersOf(name: string): JobWatchers {
    const made = watchersOn(time, { replica: name, backbone: breakable(name, backbones.join()) });
    lists.push(made);
    return made;
  }

  const listen = (watchers: JobWatchers, after?: string) => {
    const stream = watchers.watchAll({
      ...{ caller: ada, kinds: ['SEGMENT' as const], filter: {}, after },
      freshSources: () => upstream.sourcesOf(ada),
    });
    const heard = { words: [] as string[], cursor: '', leave: () => void stream.return?.() };
    void (async () => {
      for await (const { type, watched, replayed, cursor } of stream) {
        heard.words.push(`${type} ${watched?.job.status ?? ''}${replayed ? ' again' : ''}`.trim());
        heard.cursor = cursor;
      }
    })();
    return heard;
  };
  const make = (): void => void upstream.add('SEGMENT', { segments: [] });
  const countLooks = (): number => upstream.countOf('list SEGMENT');

  it('is read in one of them, and all hear of each job once', async () => {
    const one = listen(watchersOf('one'));
    await time.advance(0);
    const other = listen(watchersOf('other'));
    await time.advance(0);
    const before = countLooks();
    make();
    await time.advance(1_500);
    upstream.continueWith('SUCCEEDED');
    await time.advance(5_000);
    expect(one.words).toEqual(['CREATED NEW', 'TERMINAL SUCCEEDED']);
    expect(other.words).toEqual(one.words);
    // A second apart, in one replica only.
    expect(countLooks() - before).toBeLessThanOrEqual(8);
  });

  it('resumes in another one behind a cursor', async () => {
    const first = watchersOf('one');
    const one = listen(first);
    await time.advance(0);
    make();
    await time.advance(1_500);
    const { cursor } = one;
    await first.close();
    make();
    await time.advance(30_000);
    const again = listen(watchersOf('other'), cursor);
    await time.advance(0);
    upstream.continueWith('SUCCEEDED');
    await time.advance(2_000);
    expect(again.words).toEqual(['CREATED NEW again', 'TERMINAL SUCCEEDED', 'TERMINAL SUCCEEDED']);
  });

  it('is told to all though only one of them saw it while it was cut off', async () => {
    const one = listen(watchersOf('one'));
    await time.advance(0);
    const other = listen(watchersOf('other'));
    await time.advance(0);
    cutOff.add('one');
    await time.advance(6_000);
    make();
    await time.advance(3_000);
    expect(one.words).toEqual(['CREATED NEW']);
    cutOff.delete('one');
    await time.advance(30_000);
    expect(one.words).toEqual(['CREATED NEW']);
    expect(other.words).toEqual(['CREATED NEW']);
  });

  it('does not tell again elsewhere what was told while the backbone was away', async () => {
    const one = listen(watchersOf('one'));
    const second = watchersOf('other');
    await time.advance(0);
    cutOff.add('one');
    make();
    await time.advance(8_000);
    cutOff.delete('one');
    await time.advance(20_000);
    make();
    await time.advance(30_000);
    expect(one.words).toEqual(['CREATED NEW', 'CREATED NEW']);
    one.leave();
    const again = listen(second, one.cursor);
    await time.advance(30_000);
    expect(again.words).toEqual([]);
  });

  it('does not tell of a job as new that was there long before, where a log tells of it that is come to later', async () => {
    upstream.course = ['PROCESSING'];
    make();
    const one = listen(watchersOf('one'));
    await time.advance(1_000);
    upstream.continueWith('CANCELLING');
    await time.advance(5_000);
    expect(one.words).toEqual(['SNAPSHOT PROCESSING', 'STATUS CANCELLING']);
    isAway = true;
    await time.advance(3_000);
    one.leave();
    upstream.continueWith('CANCELLED');
    upstream.course = ['SUCCEEDED'];
    for (let made = 0; made < 150; made += 1) make();
    const other = listen(watchersOf('other'));
    await time.advance(5_000);
    isAway = false;
    await time.advance(60_000);
    expect(other.words).toEqual([]);
    make();
    await time.advance(60_000);
    expect(other.words).toEqual(['CREATED SUCCEEDED', 'TERMINAL SUCCEEDED']);
  });
});

describe('a backbone that is away', () => {
  it('costs no event: each replica looks for itself, and once more when it is back', async () => {
    const [one, other] = two();
    const first = one.listen(one.watch('j1'));
    await time.advance(0);
    const second = other.listen(other.watch('j1'));
    await time.advance(1_000);
    isAway = true;
    await goOn(5_000, 'QUEUED');
    const words = ['SNAPSHOT NEW', 'STATUS NEW>QUEUED'];
    expect([first.words, second.words]).toEqual([words, words]);
    isAway = false;
    const before = [one.looks.length, other.looks.length];
    await time.advance(12_000);
    expect(one.looks.length).toBeGreaterThan(before[0] ?? 0);
    expect(other.looks.length).toBeGreaterThan(before[1] ?? 0);
    await goOn(5_000, 'PROCESSING');
    await goOn(5_000, 'SUCCEEDED');
    const all = [...words, 'STATUS QUEUED>PROCESSING', 'TERMINAL PROCESSING>SUCCEEDED'];
    expect([first.words, second.words]).toEqual([all, all]);
    expect([first.isDone, second.isDone]).toEqual([true, true]);
  });

  it('is asked by one call for all, and ever less often', async () => {
    const [one] = two();
    for (let count = 0; count < 50; count += 1) one.listen(one.watch(`j${String(count)}`));
    await time.advance(1_000);
    isAway = true;
    await time.advance(20_000);
    backboneCalls = 0;
    await time.advance(60_000);
    expect(backboneCalls).toBeGreaterThanOrEqual(6);
    expect(backboneCalls).toBeLessThanOrEqual(12);
  });

  it('at the start is none', async () => {
    isAway = true;
    const one = replica('one');
    const heard = one.listen(one.watch('j1'));
    await time.advance(0);
    await goOn(1_200, 'SUCCEEDED');
    expect(heard).toMatchObject({ words: ['SNAPSHOT NEW', 'TERMINAL NEW>SUCCEEDED'], isDone: true });
  });

  it('is not waited for longer than its time', async () => {
    const never: Backbone = {
      ...backbones.join(),
      attend: () => new Promise(() => undefined),
    };
    const one = new ScriptedJobs({ time, now, backbone: never });
    replicas.push(one);
    const heard = one.listen(one.watch('j1'));
    await time.advance(backboneLimits.callTimeoutMs);
    expect(heard.words).toEqual(['SNAPSHOT NEW']);
  });

  it('leaves those who come back in their own replica without a gap', async () => {
    const [one] = two();
    const first = one.listen(one.watch('j1'));
    const stays = one.listen(one.watch('j1'));
    await time.advance(0);
    const before = first.changes.at(-1)?.cursor ?? '';
    isAway = true;
    await goOn(5_000, 'QUEUED');
    const meanwhile = first.changes.at(-1)?.cursor ?? '';
    isAway = false;
    await goOn(15_000, 'PROCESSING');
    const again = [before, meanwhile].map((after) => one.listen(one.watch('j1', { after })));
    await time.advance(0);
    expect(again[0]?.words).toEqual(['STATUS NEW>QUEUED again', 'STATUS QUEUED>PROCESSING again']);
    expect(again[1]?.words).toEqual(['STATUS QUEUED>PROCESSING again']);
    expect(stays.words).toEqual(['SNAPSHOT NEW', 'STATUS NEW>QUEUED', 'STATUS QUEUED>PROCESSING']);
  });

  it('and the one who looks gone with it leave no stream without its end', async () => {
    const [one, other] = two();
    one.listen(one.watch('j1'));
    await time.advance(0);
    const second = other.listen(other.watch('j1'));
    await time.advance(1_000);
    isAway = true;
    await one.watchers.close();
    await goOn(5_000, 'CANCELLING');
    isAway = false;
    await goOn(20_000, 'CANCELLED');
    expect(second).toMatchObject({
      words: ['SNAPSHOT NEW', 'STATUS NEW>CANCELLING', 'TERMINAL CANCELLING>CANCELLED'],
      isDone: true,
    });
  });
});
