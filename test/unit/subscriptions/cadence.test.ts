import { defaultCadence, pauseOf, retryPauseMs } from '../../../src/subscriptions/cadence';
import { JobDurations } from '../../../src/subscriptions/job-durations';
import type { WatchedJob } from '../../../src/subscriptions/job-watchers';
import { fc } from '../../support/fast-check';

const second = 1_000;
const minute = 60 * second;
const dueMs = (quietMs: number, ageMs = quietMs, typicalMs: number | null = null): number =>
  pauseOf(defaultCadence, { quietMs, ageMs, typicalMs }, 0).dueMs;

describe('the pause between looks', () => {
  it('is a second while the status is fresh, then a fifth of the time for which nothing has changed', () => {
    expect([0, 2 * second, 5 * second, 30 * second, minute].map((quiet) => dueMs(quiet))).toEqual([
      second,
      second,
      second,
      6 * second,
      12 * second,
    ]);
  });

  it('is never shorter than a second and never longer than thirty', () => {
    const ms = fc.nat(24 * 60 * minute);
    fc.assert(
      fc.property(
        ms,
        ms,
        fc.option(ms),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (quiet, age, typical, chance) => {
          const { fromMs, dueMs: due } = pauseOf(
            defaultCadence,
            { quietMs: quiet, ageMs: age, typicalMs: typical },
            chance,
          );
          expect(fromMs).toBeGreaterThanOrEqual(second);
          expect(due).toBeGreaterThanOrEqual(fromMs);
          expect(due).toBeLessThanOrEqual(30 * second);
        },
      ),
    );
  });

  it('is long while the end is far, as like jobs tell, and short about when it is due', () => {
    const typical = 10 * minute;
    expect(dueMs(10 * second, minute, typical)).toBe(24 * second);
    expect(dueMs(10 * minute, 10 * minute, typical)).toBeLessThanOrEqual(12 * second);
    expect(dueMs(30 * second, 30 * second, 30 * second)).toBe(second);
  });

  it('is spread, so that not all look in the same moment', () => {
    const at = { quietMs: minute, ageMs: minute, typicalMs: null };
    expect(pauseOf(defaultCadence, at, 0.9).dueMs).toBeGreaterThan(pauseOf(defaultCadence, at, 0.1).dueMs);
  });

  it('doubles with each look that fails', () => {
    expect([1, 2, 3, 20].map((failures) => retryPauseMs(defaultCadence, failures, 0.5))).toEqual([
      500,
      second,
      2 * second,
      30 * second,
    ]);
  });
});

describe('how long jobs take', () => {
  const job = (tookMs: number, kind: 'SEGMENT' | 'EXPORT' = 'SEGMENT'): WatchedJob =>
    ({
      kind,
      job: { id: 'j', status: 'SUCCEEDED', creationTime: 1_000, updateTime: 1_000 + tookMs },
    }) as never;

  it('is known from the third that has ended on, for one caller and kind', () => {
    const durations = new JobDurations();
    for (const tookMs of [5_000, 60_000]) durations.note('ada', job(tookMs));
    expect(durations.typicalMs('ada', 'SEGMENT')).toBeNull();
    durations.note('ada', job(7_000));
    expect(durations.typicalMs('ada', 'SEGMENT')).toBe(7_000);
    expect(durations.typicalMs('ada', 'EXPORT')).toBeNull();
    expect(durations.typicalMs('bob', 'SEGMENT')).toBeNull();
  });

  it('goes by those that ended last', () => {
    const durations = new JobDurations();
    for (let count = 0; count < 20; count += 1) durations.note('ada', job(60_000));
    for (let count = 0; count < 9; count += 1) durations.note('ada', job(1_000));
    expect(durations.typicalMs('ada', 'SEGMENT')).toBe(1_000);
  });
});
