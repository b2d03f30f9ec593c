import { plainProse } from '../lib/plain-prose';
import type { NamespaceCount } from '../schema/audience-counts.type';
import type { Estimate, Preview, PreviewProfile, PreviewState } from '../schema/preview.type';
import { PreviewState as PreviewStates } from '../schema/preview.type';
import { namespaceCodeOf } from '../wire/namespaces';
import type { EstimateWire } from '../wire/preview.wire';
import { toNamespaceCounts } from './counts.mapping';
import { inPlaceOf, isMisread, misread } from './misread';
import { fieldsOf } from './reading';
import type { JsonRecord } from './reading';

/** A state that is not known is UNKNOWN. */
export function toPreviewState(word: unknown): PreviewState {
  const state = typeof word === 'string' ? word.toUpperCase() : '';
  return Object.hasOwn(PreviewStates, state) ? (state as PreviewState) : 'UNKNOWN';
}

/** A preview of the id that its estimate was asked by: they share it. Its state has two names (quirk S-6). */
export function toPreview(
  id: string,
  { state, previewQueryStatus }: { readonly state?: unknown; readonly previewQueryStatus?: unknown },
): Preview {
  return { id, state: toPreviewState(state ?? previewQueryStatus) };
}

const readProfile = fieldsOf({ service: 'segmentation', noun: 'profile of a preview' });

/** One profile of a preview: a map of related ids in `endCustomerIds`, or a list in `relatedObjects` (quirk N27). */
export function toPreviewProfile({
  id,
  profile,
}: {
  readonly id: string;
  readonly profile: unknown;
}): PreviewProfile {
  const entry = readProfile.entry(profile, 'results');
  return {
    id: readProfile.requiredId(id, 'results.objectId'),
    relatedIds: isMisread(entry) ? inPlaceOf(entry) : toRelatedIds(entry),
  };
}

function toRelatedIds({ endCustomerIds, relatedObjects }: JsonRecord): readonly string[] {
  const map = readProfile.part(endCustomerIds, 'results.endCustomerIds');
  if (isMisread(map)) return inPlaceOf(map);
  const list = readProfile.items(relatedObjects, 'results.relatedObjects');
  if (isMisread(list)) return inPlaceOf(list);
  const listed = list.map((item) => {
    const related = readProfile.entry(item, 'results.relatedObjects');
    return isMisread(related)
      ? inPlaceOf<string>(related)
      : readProfile.requiredId(related['objectId'], 'results.relatedObjects.objectId');
  });
  return [...Object.keys(map ?? {}), ...listed];
}

/** The states in which nothing more comes. */
export function hasEnded(state: PreviewState): boolean {
  return state === 'RESULT_READY' || state === 'FAILED' || state === 'CANCELLED';
}

const read = fieldsOf({ service: 'segmentation', noun: 'estimate' });

/** What is known so far. The ends of the interval never contradict what was seen. */
export function toEstimate(wire: EstimateWire): Estimate {
  const size = read.count(wire.estimatedSize, 'estimatedSize');
  const profilesRead = read.count(wire.profilesReadSoFar, 'profilesReadSoFar');
  const matched = read.count(wire.profilesMatchedSoFar, 'profilesMatchedSoFar');
  const total = read.count(wire.totalRows, 'totalRows');
  const standardError = read.float(wire.standardError, 'standardError');
  const confidence = confidenceOf(wire.confidenceInterval);
  return {
    size,
    standardError,
    confidence,
    ...intervalOf({
      size: knownCount(size),
      read: knownCount(profilesRead),
      matched: knownCount(matched),
      total: knownCount(total),
      reach: reachOf(standardError, confidence),
    }),
    profilesRead,
    profilesMatched: matched,
    totalProfiles: total,
    byNamespace: toNamespaces(wire.estimatedNamespaceDistribution),
    error: errorOf(wire.error),
  };
}

/** For the interval a figure that cannot be read is one that is not told. */
function knownCount(count: bigint | null): bigint | null {
  return isMisread(count) ? null : count;
}

/** `description`, where its words are plain; empty where there is none. */
function errorOf(value: unknown): string | null {
  const error = read.part(value, 'error');
  if (isMisread(error)) return inPlaceOf(error);
  const description = read.text(error?.['description'], 'error.description');
  if (typeof description !== 'string') return description;
  return description === ''
    ? null
    : (plainProse(description) ?? 'It failed; the upstream’s words cannot be shown.');
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
  return typeof standardError !== 'number' || errors === null
    ? null
    : BigInt(Math.ceil(errors * Math.abs(standardError)));
}

/** `"95%"` as 0.95. */
function confidenceOf(value: unknown): number | null {
  const text = read.text(value, 'confidenceInterval');
  if (text === null || text === '' || isMisread(text)) return isMisread(text) ? inPlaceOf(text) : null;
  const match = /^(\d{1,2}(?:\.\d+)?)\s*%$/.exec(text);
  return match === null
    ? inPlaceOf(misread(read.noun, 'confidenceInterval', 'is not a percentage'))
    : Number(match[1]) / 100;
}

function toNamespaces(value: unknown): NamespaceCount[] {
  const entries = read.items(value, 'estimatedNamespaceDistribution');
  if (isMisread(entries)) return inPlaceOf(entries);
  const counters: [string, unknown][] = [];
  for (const item of entries) {
    const entry = read.entry(item, 'estimatedNamespaceDistribution');
    if (isMisread(entry)) return inPlaceOf(entry);
    const id = read.requiredId(entry['namespaceId'], 'estimatedNamespaceDistribution.namespaceId');
    if (isMisread(id)) return inPlaceOf(id);
    counters.push([namespaceCodeOf(id), entry['profilesMatchedSoFar']]);
  }
  return toNamespaceCounts(
    read,
    Object.fromEntries(counters),
    'estimatedNamespaceDistribution.profilesMatchedSoFar',
  );
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
