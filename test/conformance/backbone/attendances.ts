import type { Attendance } from '../../../src/state/backbone/backbone';

/** Entries as `1 body`. */
export function textsOf({ entries }: Attendance): readonly string[] {
  return entries.map(({ sequence, body }) => `${sequence} ${body}`);
}
