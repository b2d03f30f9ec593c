import { invariant } from '../../lib/assert';
import type { AppendRequest, Attendance, AttendRequest, Lease, LogPosition } from './backbone';
import type { backboneLimits, NewLogEntry } from './backbone';
import type { Connection } from './postgres-connection';
import {
  appendEntries,
  dropOldEntries,
  readLogs,
  releaseLeases,
  renewLeases,
  takeLeases,
} from './postgres-statements';
import type { AppendedRow, AttendedRow, HeldRow } from './postgres-statements';

/** Who asks, and what holds for everybody. */
export interface Callee {
  readonly replica: string;
  readonly limits: typeof backboneLimits;
}

/**
 * Two statements, sent together: what is read in the second holds all that was appended before a lease of the first.
 */
export async function attend(
  connection: Connection,
  { replica, limits }: Callee,
  requests: readonly AttendRequest[],
): Promise<readonly Attendance[]> {
  if (requests.length === 0) return [];
  const wanted = new Map<string, boolean>();
  for (const { topic, wantsLease } of requests) wanted.set(topic, wantsLease || wanted.get(topic) === true);
  const taking = connection.query(takeLeases, [
    [...wanted.keys()],
    [...wanted.values()],
    replica,
    limits.leaseMs,
    limits.keepMs / 4,
    limits.silentMs,
  ]);
  const reading = connection.query<AttendedRow>(readLogs, [
    requests.map(({ topic }) => topic),
    requests.map(({ after }) => after?.log ?? null),
    requests.map(({ after }) => after?.sequence ?? null),
    replica,
    limits.leaseMs,
    limits.silentMs,
  ]);
  const [, rows] = await Promise.all([taking, reading]);
  const byPlace = new Map<number, AttendedRow[]>();
  for (const row of rows) {
    const place = Number(row.place);
    const same = byPlace.get(place);
    if (same === undefined) byPlace.set(place, [row]);
    else same.push(row);
  }
  return requests.map((request, index) => toAttendance(request, byPlace.get(index + 1) ?? []));
}

function toAttendance({ topic, wantsLease }: AttendRequest, rows: readonly AttendedRow[]): Attendance {
  const [first] = rows;
  invariant(first !== undefined, 'a topic that was attended is kept');
  return {
    lease: first.is_mine && wantsLease ? { topic, fence: Number(first.fence) } : null,
    takenForMs: first.is_mine ? 0 : first.held_for_ms,
    entries: rows.flatMap(({ sequence, body }) =>
      sequence === null || body === null ? [] : [{ sequence: Number(sequence), body }],
    ),
    isGap: first.is_gap,
    head: { log: first.log, sequence: Number(first.head) },
  };
}

/** One statement. A log that has become too long is shortened by another one, which nobody waits for. */
export async function append(
  connection: Connection,
  { replica, limits }: Callee,
  requests: readonly AppendRequest[],
): Promise<readonly (LogPosition | null)[]> {
  if (requests.length === 0) return [];
  const { places, additions } = gather(requests);
  const stored = [...additions.values()].flatMap(({ lease, entries }) =>
    conflate(entries).map((entry) => ({ topic: lease.topic, ...entry })),
  );
  const leases = [...additions.values()].map(({ lease }) => lease);
  const rows = await connection.query<AppendedRow>(appendEntries, [
    ...toHeld(leases, replica),
    [...additions.values()].map(({ entries }) => entries.length),
    stored.map(({ topic }) => topic),
    stored.map(({ nth }) => nth),
    stored.map(({ replacesKey }) => replacesKey),
    stored.map(({ body }) => body),
  ]);
  const appended = new Map(rows.map((row) => [row.topic, row]));
  const positions = places.map(({ topic, fence, last }) => {
    const row = appended.get(topic);
    return row === undefined || Number(row.fence) !== fence
      ? null
      : { log: row.log, sequence: Number(row.base) + last };
  });
  shorten(connection, limits.maxEntries, { places, positions });
  return positions;
}

interface Addition {
  readonly lease: Lease;
  readonly entries: readonly NewLogEntry[];
}

/** Which entries of a topic's addition are those of a request: up to the `last`th. */
interface Place extends Lease {
  readonly last: number;
}

/** One addition a topic, under the newest of the leases that came: an older one is not held any more. */
function gather(requests: readonly AppendRequest[]): {
  readonly places: readonly Place[];
  readonly additions: ReadonlyMap<string, Addition>;
} {
  const newest = new Map<string, number>();
  for (const { lease } of requests)
    newest.set(lease.topic, Math.max(lease.fence, newest.get(lease.topic) ?? lease.fence));
  const additions = new Map<string, Addition>();
  const places = requests.map(({ lease, entries }): Place => {
    if (lease.fence !== newest.get(lease.topic)) return { ...lease, last: 0 };
    const all = [...(additions.get(lease.topic)?.entries ?? []), ...entries];
    additions.set(lease.topic, { lease, entries: all });
    return { ...lease, last: all.length };
  });
  return { places, additions };
}

/** Without those that a later one replaces at once; they keep their numbers. */
function conflate(entries: readonly NewLogEntry[]): readonly (NewLogEntry & { readonly nth: number })[] {
  const lastOfKey = new Map(entries.map(({ replacesKey }, index) => [replacesKey, index]));
  return entries.flatMap((entry, index) => {
    const isReplaced = entry.replacesKey !== null && lastOfKey.get(entry.replacesKey) !== index;
    return isReplaced ? [] : [{ ...entry, nth: index + 1 }];
  });
}

function shorten(
  connection: Connection,
  maxEntries: number,
  appended: { readonly places: readonly Place[]; readonly positions: readonly (LogPosition | null)[] },
): void {
  const long = appended.places.flatMap(({ topic }, index) => {
    const position = appended.positions[index];
    return position && position.sequence > maxEntries ? [topic] : [];
  });
  if (long.length === 0) return;
  // Where it fails the log is too long until the next time.
  connection.query(dropOldEntries, [long, maxEntries]).catch(() => undefined);
}

export function renew(
  connection: Connection,
  { replica, limits }: Callee,
  leases: readonly Lease[],
): Promise<readonly boolean[]> {
  return change({
    connection,
    statement: renewLeases,
    leases,
    values: [...toHeld(leases, replica), limits.leaseMs],
  });
}

export function release(
  connection: Connection,
  { replica }: Callee,
  leases: readonly Lease[],
): Promise<readonly boolean[]> {
  return change({ connection, statement: releaseLeases, leases, values: toHeld(leases, replica) });
}

async function change({
  connection,
  statement,
  leases,
  values,
}: {
  readonly connection: Connection;
  readonly statement: string;
  readonly leases: readonly Lease[];
  readonly values: readonly unknown[];
}): Promise<readonly boolean[]> {
  if (leases.length === 0) return [];
  const rows = await connection.query<HeldRow>(statement, values);
  const fences = new Map(rows.map(({ topic, fence }) => [topic, Number(fence)]));
  return leases.map(({ topic, fence }) => fences.get(topic) === fence);
}

function toHeld(leases: readonly Lease[], replica: string): readonly unknown[] {
  return [leases.map(({ topic }) => topic), leases.map(({ fence }) => fence), replica];
}
