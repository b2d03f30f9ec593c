import { pino } from 'pino';
import { createTextSeal } from '../../src/lib/text-seal';
import { createJobWatchers } from '../../src/subscriptions/create-job-watchers';
import type { JobWatchers } from '../../src/subscriptions/job-watchers';
import type { FakeTime } from './fake-time';

type Options = Parameters<typeof createJobWatchers>[0];

/** Watchers under a clock that is moved by hand; cursors of one are good for all. */
export function watchersOn(
  { clock, monotonicMs, timers }: FakeTime,
  options: Partial<Options> = {},
): JobWatchers {
  return createJobWatchers({
    ...{ clock, monotonicMs, timers, random: () => 0.5 },
    seal: createTextSeal('a secret of the tests, long enough', 'cursors'),
    log: pino({ level: 'silent' }),
    ...options,
  });
}
