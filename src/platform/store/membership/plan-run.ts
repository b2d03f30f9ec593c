import type { PassSlice } from '../api/evaluation';
import type { PlannedSlice } from './evaluate-slice';
import { FormerWords } from './former-words';
import type { KnownRuns, PlacedSegment } from './known-runs';
import { placesFrom, wordsFor, type CurrentSegment, type Place } from './membership-file';

/** What is to be done for each range of people. */
export interface RunPlan {
  readonly slices: readonly PlannedSlice[];
  readonly takenOver: ReadonlyMap<string, Place>;
  readonly former: FormerWords;
}

/** The segments of a run, and those that its file takes over. */
export interface SegmentsToPlace {
  readonly slices: readonly PassSlice[];
  readonly takenOver: readonly string[];
}

/** Each slice begins a word of its own, and so do those that are taken over. */
export function planRun(
  { slices, takenOver }: SegmentsToPlace,
  { current, runs }: { readonly current: readonly CurrentSegment[]; readonly runs: KnownRuns },
): RunPlan {
  let words = 0;
  const place = (segmentIds: readonly string[]): ReadonlyMap<string, Place> => {
    const places = placesFrom(words, segmentIds);
    words += wordsFor(segmentIds.length);
    return places;
  };
  const planned = slices.map((slice, index): PlannedSlice => {
    const firstWord = words;
    return { ...slice, firstWord, places: place(slice.segmentIds), table: `memory.main.verdict_${index}` };
  });
  const others = place(takenOver);
  const places = new Map([...planned.flatMap((slice) => [...slice.places]), ...others]);
  return { slices: planned, takenOver: others, former: new FormerWords(current, { places, runs }) };
}

/** Where all segments of the new file stand. */
export function placedSegments(
  { slices, takenOver }: RunPlan,
  current: readonly CurrentSegment[],
): readonly PlacedSegment[] {
  const own = slices.flatMap(({ places }) =>
    [...places].map(([segmentId, place]) => ({ segmentId, ...place, from: undefined })),
  );
  const others = current.flatMap(({ segmentId, source, run }) => {
    const place = takenOver.get(segmentId);
    return place === undefined ? [] : [{ segmentId, ...place, from: { source, run } }];
  });
  return [...own, ...others];
}
