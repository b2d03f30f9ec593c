import type { TimeSpanWire } from '../../wire/common.wire';

/** `{}` before the start; only `startTimeInMs` while it lasts. Times in epoch ms. */
export function timeSpan(from: number | undefined, to: number | undefined): TimeSpanWire {
  if (from === undefined) return {};
  if (to === undefined) return { startTimeInMs: from };
  return { startTimeInMs: from, endTimeInMs: to, totalTimeInMs: to - from };
}
