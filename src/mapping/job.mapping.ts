import type { JobError, JobPhase, JobProgress, JobStatus } from '../schema/job.type';
import { JobStatus as jobStatuses } from '../schema/job.type';
import { isRecord } from '../lib/is-record';
import { codeWord, requestIdWord } from '../lib/code-word';
import { noWords, plainProse } from '../lib/plain-prose';
import type { OwnWords } from '../lib/plain-prose';
import type { JobErrorWire, TimeSpanWire } from '../wire/common.wire';
import { inPlaceOf, isMisread, misread } from './misread';
import { fieldsOf } from './reading';
import type { JsonRecord } from './reading';
import { readTime, toDate } from './time.mapping';

/** What segment jobs and export jobs spell alike. */
export interface JobTimesWire {
  readonly status: string;
  readonly progress?: number;
  readonly metrics?: { readonly totalTime?: TimeSpanWire };
  readonly creationTime: number;
  readonly updateTime: number;
}

const read = fieldsOf({ service: 'segmentation', noun: 'job' });

/** A status that is not in the list is one that the upstream added later (quirk S-3). */
export function toJobStatus(rawStatus: unknown): JobStatus {
  return typeof rawStatus === 'string' && Object.hasOwn(jobStatuses, rawStatus)
    ? (rawStatus as JobStatus)
    : 'UNKNOWN';
}

/** The upstream's word where it looks like a status, UNKNOWN where not; a number or boolean is put in a text. */
export function toRawStatus(status: unknown): string {
  if (typeof status === 'number' || typeof status === 'boolean') return String(status);
  const text = read.requiredText(status, 'status');
  return typeof text === 'string' ? (codeWord(text) ?? 'UNKNOWN') : text;
}

/** The upstream's id of a request; null where it looks like anything else. */
export function toJobRequestId(requestId: unknown): string | null {
  const text = read.text(requestId, 'requestId');
  return typeof text === 'string' ? requestIdWord(text) : text;
}

const terminalStatuses: ReadonlySet<JobStatus> = new Set<JobStatus>(['SUCCEEDED', 'FAILED', 'CANCELLED']);

/** True where the job will not change again; UNKNOWN is no end. */
export function isTerminalStatus(status: JobStatus): boolean {
  return terminalStatuses.has(status);
}

/** When it ended, or last changed, by the upstream's clock. */
export function endOrLastChange(wire: JobTimesWire): Date {
  const last = toDate(totalTimeOf(wire).endTimeInMs) ?? toDate(wire.updateTime);
  return last ?? toDate(wire.creationTime) ?? toDate(totalTimeOf(wire).startTimeInMs) ?? new Date(0);
}

/** When it was made, in whatever form: by its start or last change where it does not say it (quirk D3). */
export function firstTimeOf(wire: JobTimesWire): unknown {
  return toldTime([wire.creationTime, totalTimeOf(wire).startTimeInMs, wire.updateTime]);
}

/** When it last changed; when it was made where nothing says that it changed (quirk D3). */
export function lastTimeOf(wire: JobTimesWire): unknown {
  return toldTime([wire.updateTime, totalTimeOf(wire).endTimeInMs, firstTimeOf(wire)]);
}

/** The first that is a time, or is meant for one: what cannot be read is told. */
function toldTime(values: readonly unknown[]): unknown {
  return values.find((value) => readTime(value) !== null);
}

/**
 * How far a job is. Only the upstream's clock is asked (its `updateTime`, never ours), so that an upstream whose clock
 * is off cannot make time run backwards.
 */
export function toJobProgress(wire: JobTimesWire): JobProgress {
  const fraction = toFraction(wire);
  const last = endOrLastChange(wire).getTime();
  const start = toDate(totalTimeOf(wire).startTimeInMs)?.getTime();
  const created = toDate(wire.creationTime)?.getTime();
  const workedMs = Math.max(0, last - (start ?? created ?? last));
  const isRunning =
    wire.status === 'PROCESSING' && fraction !== null && fraction > 0 && fraction < 1 && workedMs > 0;
  return {
    fraction,
    basis: fraction === null ? 'UNKNOWN' : 'MEASURED',
    // From its creation on: counted from its start, a job that waited would fall back when its work begins. Where the
    // upstream's times contradict each other (quirk D6), its work is the longer stretch.
    elapsedMs: BigInt(Math.max(workedMs, created === undefined ? 0 : last - created)),
    estimatedEndAt: isRunning ? new Date(last - workedMs + Math.round(workedMs / fraction)) : null,
  };
}

/** What the times are only compared by; each is told by the phases and fields that show it. */
function totalTimeOf(wire: JobTimesWire): TimeSpanWire {
  const span: unknown = isRecord(wire.metrics) ? wire.metrics['totalTime'] : undefined;
  return isRecord(span) ? span : {};
}

/**
 * The field held a text in answers of old (quirk N6), and nobody says what it holds today: only a number is told. The 0
 * of a job that waits is no measurement.
 */
function toFraction(wire: JobTimesWire): number | null {
  if (wire.status === 'SUCCEEDED') return 1;
  if (wire.progress === 0 && (wire.status === 'NEW' || wire.status === 'QUEUED')) return null;
  if (typeof wire.progress !== 'number' || !Number.isFinite(wire.progress)) return null;
  return Math.min(1, Math.max(0, wire.progress));
}

/** The stretches that have begun, by their start; `{}` is one that has not (it stands in every running job). */
export function toJobPhases(spans: Readonly<Record<string, unknown>>): JobPhase[] {
  return Object.entries(spans)
    .flatMap(([name, span]) => toPhase(name, span))
    .sort((left, right) => startMs(left) - startMs(right));
}

function startMs({ startedAt }: JobPhase): number {
  return startedAt instanceof Date ? startedAt.getTime() : 0;
}

function toPhase(name: string, value: unknown): JobPhase[] {
  const span = read.part(value, name);
  if (span === null) return [];
  if (isMisread(span)) return [inPlaceOf<JobPhase>(span)];
  const startedAt = read.time(span['startTimeInMs'], 'startTimeInMs');
  if (startedAt === null) return [];
  const endedAt = read.time(span['endTimeInMs'], 'endTimeInMs');
  return [{ name, startedAt, endedAt, durationMs: toDuration(span, startedAt, endedAt) }];
}

/** Null while it runs. */
function toDuration(span: JsonRecord, startedAt: Date | null, endedAt: Date | null): bigint | null {
  const told: unknown = span['totalTimeInMs'];
  if (told !== undefined && told !== null && typeof told !== 'number')
    return inPlaceOf(misread(read.noun, 'totalTimeInMs', 'is not a number of milliseconds'));
  if (!(endedAt instanceof Date)) return null;
  const sinceStart = startedAt instanceof Date ? endedAt.getTime() - startedAt.getTime() : null;
  const measured = told ?? sinceStart;
  return measured === null || measured === undefined ? null : BigInt(Math.max(0, Math.trunc(measured)));
}

/** "Error in Export Job": says nothing by itself; the reason may follow as an error of its own. */
const anyExportCode = '0100000003';

const hintsByCode: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '0090000009':
      'Writing the profiles failed: try again, and check that the dataset still exists and is based on the union schema.',
    [anyExportCode]:
      'The export failed inside the upstream: try again; if it fails again, give its requestId to support.',
    SEGMENT_NOT_EVALUATED: 'Run createSegmentJob first, or export with evaluateFirst: true.',
    EXPORT_FAILED: 'Mend what the message names, and start the export again.',
    '8.0000018E7': 'Too many jobs ran at once: wait and try again.',
    DISK_FULL: "The disk that holds the platform's data is full: make room, then try again.",
    OUT_OF_MEMORY: 'Raise PLATFORM_MEMORY_LIMIT, start the platform again, and try again.',
  }),
);

/**
 * Of a message all words are shown where they are plain, and none where they are not.
 *
 * @param own what of the job may stand in a message: its ids.
 */
export function toJobErrors(
  errors: readonly JobErrorWire[] | undefined,
  own: () => OwnWords = () => noWords,
): JobError[] {
  const items = read.items(errors, 'errors');
  if (isMisread(items)) return inPlaceOf(items);
  const told = items.map((item) => {
    const entry = read.entry(item, 'errors');
    return isMisread(entry) ? inPlaceOf<JobError>(entry) : toJobError(entry, own);
  });
  // To try again would be wrong counsel beside a reason that says what to do.
  const hasReason = told.some(
    (error) => !isMisread(error) && error.code !== anyExportCode && error.hint !== null,
  );
  return told.map((error) =>
    hasReason && !isMisread(error) && error.code === anyExportCode ? { ...error, hint: null } : error,
  );
}

function toJobError({ code, msg }: JsonRecord, own: () => OwnWords): JobError {
  const told = typeof code === 'number' ? String(code) : read.text(code, 'code');
  const known = typeof told === 'string' ? codeWord(told) : told;
  const message = read.text(msg, 'msg');
  if (isMisread(message)) return inPlaceOf<JobError>(message);
  return {
    code: known,
    message:
      message === null || message === '' ? 'The upstream gave no message.' : shown(message, known, own()),
    hint: (typeof known === 'string' ? hintsByCode.get(known) : undefined) ?? null,
  };
}

function shown(message: string, code: unknown, own: OwnWords): string {
  const plain = plainProse(message, own);
  if (plain !== null) return plain;
  return code === '0090000009'
    ? 'Writing the profiles failed.'
    : 'It failed; the upstream’s words cannot be shown.';
}
