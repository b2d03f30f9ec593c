import type { Estimate, Preview, PreviewState } from '../schema/preview.type';
import { PreviewState as PreviewStates } from '../schema/preview.type';
import { namespaceCodeOf } from '../wire/namespaces';
import type { EstimateWire } from '../wire/preview.wire';
import { toCountOrNull, toNamespaceCounts } from './counts.mapping';

/** A state that is not known is UNKNOWN. */
export function toPreviewState(word: string | undefined): PreviewState {
  const state = word?.toUpperCase() ?? '';
  return Object.hasOwn(PreviewStates, state) ? (state as PreviewState) : 'UNKNOWN';
}

/** A preview of the id that its estimate was asked by: they share it. */
export function toPreview(id: string, { state }: { readonly state?: string }): Preview {
  return { id, state: toPreviewState(state) };
}

/** The states in which nothing more comes. */
export function hasEnded(state: PreviewState): boolean {
  return state === 'RESULT_READY' || state === 'FAILED' || state === 'CANCELLED';
}

/** What is known so far. The ends of the interval never contradict what was seen. */
export function toEstimate(wire: EstimateWire): Estimate {
  const size = toCountOrNull(wire.estimatedSize);
  const read = toCountOrNull(wire.profilesReadSoFar);
  const matched = toCountOrNull(wire.profilesMatchedSoFar);
  const total = toCountOrNull(wire.totalRows);
  const standardError = numberOrNull(wire.standardError);
  const confidence = confidenceOf(wire.confidenceInterval);
  const error = wire.error?.description;
  return {
    size,
    standardError,
    confidence,
    ...intervalOf({ size, read, matched, total, reach: reachOf(standardError, confidence) }),
    profilesRead: read,
    profilesMatched: matched,
    totalProfiles: total,
    byNamespace: toNamespaceCounts(namespacesOf(wire)),
    error: error === undefined || error === '' ? null : error,
  };
}

interface Seen {
  readonly size: bigint | null;
  readonly read: bigint | null;
  readonly matched: bigint | null;
  readonly total: bigint | null;
  /** Half of the interval's length. */
  readonly reach: bigint | null;
}

/** At least those who matched; at most all but those who did not. */
function intervalOf({ size, read, matched, total, reach }: Seen): Pick<Estimate, 'low' | 'high'> {
  if (size === null || reach === null) return { low: null, high: null };
  const least = matched ?? 0n;
  const most = total === null ? null : total - ((read ?? 0n) - least);
  // Figures of an upstream need not fit each other (quirk N31): the size itself stays inside.
  const low = smaller(size, larger(size - reach, least));
  const high = most === null ? size + reach : larger(size, smaller(size + reach, most));
  return { low, high };
}

/** Standard errors to either side, of the normal distribution. */
function reachOf(standardError: number | null, confidence: number | null): bigint | null {
  const errors = confidence === 0.95 ? 1.96 : confidence === 0.99 ? 2.576 : confidence === 0.9 ? 1.645 : null;
  return standardError === null || errors === null ? null : BigInt(Math.ceil(errors * standardError));
}

/** `"95%"` as 0.95. */
function confidenceOf(text: string | undefined): number | null {
  const match = /^(\d{1,2}(?:\.\d+)?)\s*%$/.exec(text ?? '');
  return match === null ? null : Number(match[1]) / 100;
}

function namespacesOf({ estimatedNamespaceDistribution: list = [] }: EstimateWire): Record<string, number> {
  return Object.fromEntries(
    list.map(({ namespaceId, profilesMatchedSoFar }) => [
      namespaceCodeOf(String(namespaceId)),
      profilesMatchedSoFar,
    ]),
  );
}

function numberOrNull(value: number | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
