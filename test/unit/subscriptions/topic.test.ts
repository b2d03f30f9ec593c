import { createTextSeal } from '../../../src/lib/text-seal';
import { backboneLimits } from '../../../src/state/backbone/backbone';
import { defaultCadence } from '../../../src/subscriptions/cadence';
import { bindJobCursors } from '../../../src/subscriptions/job-cursor';
import { JobDurations } from '../../../src/subscriptions/job-durations';
import { JobSubject } from '../../../src/subscriptions/job-subject';
import { Topic } from '../../../src/subscriptions/topic';
import { ada } from '../../support/fake-upstream';
import { FakeTime } from '../../support/fake-time';

const seal = createTextSeal('a secret of the tests, long enough', 'cursors');

function holderAt(sequence: number, time: FakeTime): Topic {
  const topic = new Topic({
    ...{ name: 'j1', ownName: 'own', caller: ada, subject: new JobSubject('SEGMENT', 'j1') },
    ...{ cursors: bindJobCursors(seal, ada, ['j1']), cadence: defaultCadence, durations: new JobDurations() },
    ...{ clock: time.clock, monotonicMs: time.monotonicMs, random: () => 0.5 },
    statusWentBack: () => undefined,
  });
  const head = { log: 'a log', sequence };
  const lease = { topic: 'j1', fence: 1 };
  topic.attended({ lease, takenForMs: 0, entries: [], isGap: false, head }, time.monotonicMs());
  return topic;
}

describe('a topic that holds the lease', () => {
  let time: FakeTime;
  let topic: Topic;
  beforeEach(() => {
    time = new FakeTime();
    topic = holderAt(3, time);
  });

  it('goes on where the log has taken in what was appended behind all that is known here', () => {
    expect(topic.hasAppended(2, { log: 'a log', sequence: 5 })).toBe(true);
    expect(topic.isHolder).toBe(true);
  });

  it.each([
    ['has lost entries since', { log: 'a log', sequence: 4 }],
    ['holds what another one appended', { log: 'a log', sequence: 6 }],
    ['is another one', { log: 'another log', sequence: 5 }],
  ])('reads the log anew, from its beginning, where it %s', (_, position) => {
    expect(topic.hasAppended(2, position)).toBe(false);
    expect([topic.isHolder, topic.attendRequest.after]).toEqual([false, null]);
  });

  it('holds it no longer than it lasts by its own clock', async () => {
    await time.advance(backboneLimits.leaseMs);
    expect(topic.isHolder).toBe(false);
  });
});
