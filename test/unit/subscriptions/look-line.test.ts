import { LookLine } from '../../../src/subscriptions/look-line';
import { FakeTime } from '../../support/fake-time';

interface Item {
  readonly group: string;
  readonly name: string;
}

function line(callsPerSecond: number): {
  readonly time: FakeTime;
  readonly looks: string[];
  readonly line: LookLine<Item>;
} {
  const time = new FakeTime();
  const looks: string[] = [];
  const made = new LookLine<Item>({
    timers: time.timers,
    monotonicMs: time.monotonicMs,
    callsPerSecond,
    costOf: (items) => Math.ceil(items.length / 100),
    look: (items) => void looks.push(`${items[0]?.group ?? ''} ${items.length}`),
  });
  return { time, looks, line: made };
}

const items = (group: string, count: number): Item[] =>
  Array.from({ length: count }, (_, at) => ({ group, name: `${group}${at}` }));

describe('the line of looks', () => {
  it('lets all through where there is no budget', () => {
    const { line: looks, ...made } = line(Infinity);
    for (let caller = 0; caller < 1_000; caller += 1) looks.add(items(`c${caller}`, 1));
    expect(made.looks).toHaveLength(1_000);
    expect(made.time.timerCount).toBe(0);
  });

  it('makes no more calls than the budget has, whatever is asked for', async () => {
    const { time, looks, line: made } = line(10);
    for (let caller = 0; caller < 500; caller += 1) made.add(items(`c${caller}`, 1));
    expect(looks).toHaveLength(10);
    await time.advance(20_000);
    expect(looks.length).toBeGreaterThanOrEqual(200);
    expect(looks.length).toBeLessThanOrEqual(211);
    await time.advance(40_000);
    expect(looks).toHaveLength(500);
    expect(time.timerCount).toBe(0);
  });

  it('gives callers turns, however much one of them watches', async () => {
    const { time, looks, line: made } = line(1);
    made.add(items('much', 900));
    made.add(items('little', 1));
    await time.advance(10_000);
    expect(looks).toEqual(['much 300', 'much 300', 'little 1', 'much 300']);
  });

  it('lets what comes to wait share the calls of its caller', async () => {
    const { time, looks, line: made } = line(1);
    for (const item of items('ada', 50)) made.add([item]);
    await time.advance(1_500);
    expect(looks).toEqual(['ada 1', 'ada 49']);
  });

  it('counts what a look took in the end', async () => {
    const { time, looks, line: made } = line(1);
    made.add(items('ada', 1));
    made.correct(9);
    made.add(items('bob', 1));
    await time.advance(9_000);
    expect(looks).toEqual(['ada 1']);
    await time.advance(2_000);
    expect(looks).toEqual(['ada 1', 'bob 1']);
  });

  it('lets no second see more calls than the budget has, from the first on', async () => {
    const { time, looks, line: made } = line(5);
    const atMs: number[] = [];
    for (let caller = 0; caller < 60; caller += 1) made.add(items(`c${caller}`, 1));
    while (looks.length < 60) {
      while (atMs.length < looks.length) atMs.push(time.monotonicMs());
      await time.advance(10);
    }
    const most = Math.max(...atMs.map((from) => atMs.filter((at) => at >= from && at < from + 1_000).length));
    expect(most).toBe(5);
  });

  it('lets a look that needs more go on before others begin, when there is room', async () => {
    const { time, looks, line: made } = line(2);
    made.add(items('ada', 1));
    let wentOnMs = -1;
    void made.take(2).then(() => (wentOnMs = time.monotonicMs()));
    const beganMs = time.monotonicMs();
    made.add(items('bob', 1));
    await time.advance(1_000);
    expect([looks, wentOnMs]).toEqual([['ada 1'], -1]);
    await time.advance(100);
    expect(wentOnMs - beganMs).toBe(1_050);
    await time.advance(1_050);
    expect(looks).toEqual(['ada 1', 'bob 1']);
  });

  it('counts what is made later in the second in which it is made', async () => {
    const { time, looks, line: made } = line(1);
    expect(made.takeOne(800)).toBe(true);
    made.add(items('ada', 1));
    await time.advance(1_800);
    expect(looks).toEqual([]);
    await time.advance(100);
    expect(looks).toEqual(['ada 1']);
  });

  it('gives nothing beyond the budget to who does not wait, and back what was not taken', () => {
    const { line: made } = line(2);
    expect([made.takeOne(0), made.takeOne(0), made.takeOne(0)]).toEqual([true, true, false]);
    made.correct(-1);
    expect([made.takeOne(0), made.takeOne(0)]).toEqual([true, false]);
  });
});
