import { InProcessBackbones } from '../../../src/state/backbone/in-process-backbone';
import type { JobChange, JobWatchers } from '../../../src/subscriptions/job-watchers';
import { ada } from '../../support/fake-upstream';
import { FakeTime } from '../../support/fake-time';
import { ScriptedUpstream } from '../../support/scripted-upstream';
import { watchersOn } from '../../support/watchers-on';

let time: FakeTime;
let upstream: ScriptedUpstream;
let one: JobWatchers;
let other: JobWatchers;

function watchersOf(name: string, backbones: InProcessBackbones): JobWatchers {
  return watchersOn(time, { replica: name, backbone: backbones.join() });
}

beforeEach(() => {
  time = new FakeTime();
  upstream = new ScriptedUpstream();
  const backbones = new InProcessBackbones({ monotonicMs: time.monotonicMs, name: 'shared' });
  one = watchersOf('one', backbones);
  other = watchersOf('other', backbones);
});
afterEach(async () => {
  await Promise.all([one.close(), other.close()]);
});

interface Heard {
  readonly changes: JobChange[];
  /** `CREATED j1 NEW`; a replayed one ends with "again". */
  readonly words: string[];
}

function listen(watchers: JobWatchers, after?: string): Heard {
  const stream = watchers.watchAll({
    ...{ caller: ada, kinds: ['SEGMENT' as const], filter: {}, after },
    freshSources: () => upstream.sourcesOf(ada),
  });
  const heard: Heard = { changes: [], words: [] };
  void (async () => {
    for await (const change of stream) {
      const { type, watched, replayed } = change;
      const job = watched === null ? '' : ` ${String(watched.job.id)} ${watched.job.status}`;
      heard.changes.push(change);
      heard.words.push(`${type}${job}${replayed ? ' again' : ''}`);
    }
  })();
  return heard;
}

const make = (...course: string[]): void => {
  upstream.course = course;
  upstream.add('SEGMENT', { segments: [] });
};

/** The cursor of what was heard by these words. */
const cursorOf = ({ changes, words }: Heard, word: string): string =>
  changes[words.indexOf(word)]?.cursor ?? 'none';

describe('a list that is resumed', () => {
  it('behind the first of two ends, where they were seen before the log had them, goes on with the second', async () => {
    make('PROCESSING');
    make('PROCESSING');
    const first = listen(one);
    listen(other);
    await time.advance(60_000);
    upstream.continueWith('SUCCEEDED');
    // Whoever comes has a look made, and the other one hears of it.
    listen(other);
    await time.advance(0);
    const ends = first.words.filter((word) => word.startsWith('TERMINAL'));
    expect(ends).toHaveLength(2);
    const again = listen(other, cursorOf(first, ends[0] ?? ''));
    await time.advance(60_000);
    expect(again.words).toEqual([`${ends[1] ?? ''} again`]);
  });

  it.each(['one', 'other'])(
    'between the two words about a job that had ended when it was found goes on with its end (%s)',
    async (where) => {
      const first = listen(one);
      const second = listen(other);
      await time.advance(60_000);
      make('FAILED');
      listen(where === 'one' ? one : other);
      await time.advance(0);
      const heard = where === 'one' ? first : second;
      expect(heard.words).toEqual(['CREATED j1 FAILED', 'TERMINAL j1 FAILED']);
      const after = cursorOf(heard, 'CREATED j1 FAILED');
      const again = [listen(one, after), listen(other, after)];
      await time.advance(60_000);
      for (const { words } of again) expect(words).toEqual(['TERMINAL j1 FAILED again']);
    },
  );
});
