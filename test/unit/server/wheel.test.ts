import { Wheel } from '../../../src/server/wheel';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('a wheel', () => {
  it('visits each once a round, whenever he joined, by one timer', () => {
    const visits: string[] = [];
    const wheel = new Wheel<{ readonly name: string }>(1_000, ({ name }) => visits.push(name));
    wheel.join({ name: 'early' });
    jest.advanceTimersByTime(500);
    wheel.join({ name: 'late' });
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(2_500);
    expect(visits).toEqual(['early', 'late', 'early', 'late', 'early']);
  });

  it('stops with the last who leaves', () => {
    const visits: object[] = [];
    const wheel = new Wheel<object>(1_000, (rider) => visits.push(rider));
    const rider = {};
    wheel.join(rider);
    wheel.leave(rider);
    wheel.leave(rider);
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(5_000);
    expect(visits).toEqual([]);
  });
});
