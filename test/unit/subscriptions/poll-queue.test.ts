import { PollQueue } from '../../../src/subscriptions/poll-queue';
import { FakeTime } from '../../support/fake-time';

interface Item {
  readonly group: string;
  readonly name: string;
}

let time: FakeTime;
let turns: string[][];
let queue: PollQueue<Item>;
beforeEach(() => {
  time = new FakeTime();
  turns = [];
  queue = new PollQueue<Item>({
    timers: time.timers,
    monotonicMs: time.monotonicMs,
    poll: (due) => void turns.push(due.map(({ name }) => name)),
  });
});

const at = (ms: number): { fromMs: number; dueMs: number } => ({ fromMs: ms, dueMs: ms });
const item = (name: string, group = 'ada'): Item => ({ name, group });

describe('a poll queue', () => {
  it('wakes what is due, with what is nearly due of the same caller', async () => {
    queue.schedule(item('a'), at(1_000));
    queue.schedule(item('b'), { fromMs: 800, dueMs: 5_000 });
    queue.schedule(item('c', 'bob'), { fromMs: 800, dueMs: 3_000 });
    queue.schedule(item('d'), { fromMs: 2_000, dueMs: 4_000 });
    await time.advance(10_000);
    expect(turns).toEqual([['a', 'b'], ['c'], ['d']]);
    expect(time.timerCount).toBe(0);
  });

  it('takes as much company as fills an upstream call, and no more', async () => {
    for (let name = 0; name < 3; name += 1) queue.schedule(item(`due ${String(name)}`), at(1_000));
    for (let name = 0; name < 250; name += 1)
      queue.schedule(item(String(name)), { fromMs: 800, dueMs: 1_100 + name });
    await time.advance(1_000);
    expect(turns.map(({ length }) => length)).toEqual([100]);
    await time.advance(1_000);
    expect(turns.map(({ length }) => length)).toEqual([100, 100, 53]);
  });

  it('goes by the last date of each, and forgets what was cancelled', async () => {
    const [late, never] = [item('late'), item('never')];
    queue.schedule(late, at(1_000));
    queue.schedule(late, at(5_000));
    queue.schedule(never, at(1_000));
    queue.cancel(never);
    await time.advance(2_000);
    expect(turns).toEqual([]);
    expect([queue.dueAtMs(late) !== null, queue.dueAtMs(never)]).toEqual([true, null]);
    await time.advance(5_000);
    expect(turns).toEqual([['late']]);
  });

  it('does not care what the wall clock shows', async () => {
    queue.schedule(item('a'), at(1_000));
    time.jump(-24 * 3_600_000);
    await time.advance(1_000);
    expect(turns).toEqual([['a']]);
  });

  it('bears ten thousand, each of which comes again and again', () => {
    const all = Array.from({ length: 10_000 }, (_, name) => item(String(name), `caller ${name % 100}`));
    let nowMs = 0;
    let due: readonly Item[] = [];
    let wake = (): void => undefined;
    const busy = new PollQueue<Item>({
      monotonicMs: () => nowMs,
      timers: {
        schedule: (delayMs, run) => {
          wake = () => {
            nowMs += delayMs;
            run();
          };
          return () => undefined;
        },
      },
      poll: (items) => (due = items),
    });
    for (const [index, each] of all.entries()) busy.schedule(each, at(1_000 + index));
    let woken = 0;
    for (let turn = 0; turn < 410; turn += 1) {
      wake();
      woken += due.length;
      for (const each of due) busy.schedule(each, { fromMs: 20_000, dueMs: 25_000 });
    }
    expect(woken).toBeGreaterThan(10_000);
  });
});
