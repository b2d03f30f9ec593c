import type { JobError, JobPhase, JobProgress, JobStatus } from '../schema/job.type';
import { JobStatus as jobStatuses } from '../schema/job.type';
import type { JobErrorWire, TimeSpanWire } from '../wire/common.wire';
import { toDate } from './time.mapping';

/** What segment jobs and export jobs spell alike. */
export interface JobTimesWire {
  readonly status: string;
  readonly progress?: number;
  readonly metrics?: { readonly totalTime?: TimeSpanWire };
  readonly creationTime: number;
  readonly updateTime: number;
}

/** A status that is not in the list is one that the upstream added later (quirk S-3). */
export function toJobStatus(rawStatus: string): JobStatus {
  return Object.hasOwn(jobStatuses, rawStatus) ? (rawStatus as JobStatus) : 'UNKNOWN';
}

const terminalStatuses: ReadonlySet<JobStatus> = new Set<JobStatus>(['SUCCEEDED', 'FAILED', 'CANCELLED']);

/** True where the job will not change again; UNKNOWN is no end. */
export function isTerminalStatus(status: JobStatus): boolean {
  return terminalStatuses.has(status);
}

/** When it ended, or last changed, by the upstream's clock. */
export function endOrLastChange(wire: JobTimesWire): Date {
  return toDate(wire.metrics?.totalTime?.endTimeInMs) ?? toDate(wire.updateTime) ?? new Date(0);
}

/**
 * How far a job is. Only the upstream's clock is asked (its `updateTime`, never ours), so that an upstream whose clock
 * is off cannot make time run backwards.
 */
export function toJobProgress(wire: JobTimesWire): JobProgress {
  const fraction = toFraction(wire);
  const start = toDate(wire.metrics?.totalTime?.startTimeInMs) ?? toDate(wire.creationTime) ?? new Date(0);
  const elapsedMs = Math.max(0, endOrLastChange(wire).getTime() - start.getTime());
  const isRunning =
    wire.status === 'PROCESSING' && fraction !== null && fraction > 0 && fraction < 1 && elapsedMs > 0;
  return {
    fraction,
    basis: fraction === null ? 'UNKNOWN' : 'MEASURED',
    elapsedMs: BigInt(elapsedMs),
    estimatedEndAt: isRunning ? new Date(start.getTime() + Math.round(elapsedMs / fraction)) : null,
  };
}

function toFraction(wire: JobTimesWire): number | null {
  if (wire.status === 'SUCCEEDED') return 1;
  if (typeof wire.progress !== 'number' || !Number.isFinite(wire.progress)) return null;
  return Math.min(1, Math.max(0, wire.progress));
}

/** The stretches that have begun, by their start; `{}` is one that has not (it stands in every running job). */
export function toJobPhases(spans: Readonly<Record<string, TimeSpanWire | undefined>>): JobPhase[] {
  return Object.entries(spans)
    .flatMap(([name, span]) => toPhase(name, span))
    .sort((left, right) => (left.startedAt?.getTime() ?? 0) - (right.startedAt?.getTime() ?? 0));
}

function toPhase(name: string, span: TimeSpanWire | undefined): JobPhase[] {
  const startedAt = toDate(span?.startTimeInMs);
  if (span === undefined || startedAt === null) return [];
  const endedAt = toDate(span.endTimeInMs);
  const measured = span.totalTimeInMs ?? (endedAt === null ? null : endedAt.getTime() - startedAt.getTime());
  const durationMs = endedAt === null || measured === null ? null : BigInt(Math.max(0, Math.trunc(measured)));
  return [{ name, startedAt, endedAt, durationMs }];
}

const hintsByCode: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '0090000009':
      'Writing the profiles failed: try again, and check that the dataset still exists and is based on the union schema.',
    '0100000003':
      'The export failed inside the upstream: try again; if it fails again, give its requestId to support.',
    '8.0000018E7': 'Too many jobs ran at once: wait and try again.',
    DISK_FULL: "The disk that holds the platform's data is full: make room, then try again.",
  }),
);

/** Call stacks are left behind; addresses and paths are taken out of the message. */
export function toJobErrors(errors: readonly JobErrorWire[] | undefined): JobError[] {
  return (errors ?? []).map(({ code, msg }) => ({
    code: code === undefined || code === '' ? null : code,
    message: msg === undefined || msg === '' ? 'The upstream gave no message.' : withoutAddresses(msg),
    hint: hintsByCode.get(code ?? '') ?? null,
  }));
}

/** `https://host/path`, `wasbs://container@host/…`, `/mnt/data/part-0`: where an upstream keeps things is its own affair. */
function withoutAddresses(message: string): string {
  return message
    .replaceAll(/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)\]]+/gi, '[address]')
    .replaceAll(/(^|[\s"'(=:])\/(?:[\w.@-]+\/)+[\w.@-]*/g, '$1[path]');
}
