import { ScriptedJobs } from '../../support/scripted-jobs';
import { ada } from '../../support/fake-upstream';
import type { DataSources, SegmentJobSource } from '../../../src/datasources';
import type { SegmentJobWire } from '../../../src/wire/segment-job.wire';

/** Sources of which no answer comes until `answer` is called. */
function waitingSources(): {
  readonly signals: AbortSignal[];
  readonly freshSources: (tally: unknown, signal?: AbortSignal) => DataSources;
  readonly answer: () => void;
} {
  const signals: AbortSignal[] = [];
  const answers: (() => void)[] = [];
  const byId = (id: string): Promise<SegmentJobWire> =>
    new Promise((resolve) => {
      answers.push(() => {
        resolve({ id, status: 'NEW', segments: [], creationTime: 1, updateTime: 1 });
      });
    });
  return {
    signals,
    freshSources: (_, signal) => {
      if (signal !== undefined) signals.push(signal);
      return { segmentJobs: { byId } as Partial<SegmentJobSource> } as DataSources;
    },
    answer: () => {
      for (const each of answers.splice(0)) each();
    },
  };
}

describe('the signal of a look', () => {
  let jobs: ScriptedJobs;
  beforeEach(() => {
    jobs = new ScriptedJobs();
  });
  afterEach(() => jobs.watchers.close());

  it('does not fire when the one leaves who made its sources, while another one waits', async () => {
    const { signals, freshSources, answer } = waitingSources();
    const watch = () => jobs.watchers.watch({ caller: ada, kind: 'SEGMENT', id: 'j1', freshSources });
    const [first, second] = [jobs.listen(watch()), jobs.listen(watch())];
    await jobs.time.advance(0);
    await first.stream.return?.();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    answer();
    await jobs.time.advance(0);
    expect(second.words).toEqual(['SNAPSHOT NEW']);
  });

  it('fires when nobody listens any more to anything that it looks at', async () => {
    const { signals, freshSources } = waitingSources();
    const watch = (id: string) => jobs.watchers.watch({ caller: ada, kind: 'SEGMENT', id, freshSources });
    const heard = ['j1', 'j2'].map((id) => jobs.listen(watch(id)));
    await jobs.time.advance(0);
    await heard[0]?.stream.return?.();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await heard[1]?.stream.return?.();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
