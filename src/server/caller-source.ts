import type { IncomingMessage } from 'node:http';
import type { CallerReader, CallerReading } from '../datasources/read-caller';
import { isRecord } from '../lib/is-record';

const partNames = ['authorization', 'x-api-key', 'x-gw-ims-org-id', 'x-sandbox-name'] as const;

/** What of a request may say who asks. */
export type CallerHeaders = Pick<IncomingMessage, 'headersDistinct'>;

/** The caller of an HTTP request; a header that comes twice is refused, since nobody can say which one counts. */
export async function callerOfRequest(request: IncomingMessage, read: CallerReader): Promise<CallerReading> {
  const parts: Record<string, string> = {};
  for (const name of partNames) {
    const values = request.headersDistinct[name] ?? [];
    if (values.length > 1) return refuse(`The header ${name} comes more than once.`);
    if (values[0] !== undefined) parts[name] = values[0];
  }
  return read(parts);
}

/** What of an upgrade is kept while its socket lives: the request itself would weigh more than all that is said later. */
export function callerHeadersOf({ headersDistinct }: IncomingMessage): CallerHeaders {
  const kept = partNames.flatMap((name): (readonly [string, string[]])[] => {
    const values = headersDistinct[name];
    return values === undefined ? [] : [[name, values]];
  });
  return kept.length === 0 ? noHeaders : { headersDistinct: Object.fromEntries(kept) };
}

const noHeaders: CallerHeaders = { headersDistinct: {} };

/**
 * The caller of a socket: `connectionParams` by the names of the headers, whatever their case, and behind them the
 * headers of the upgrade, which browsers cannot set.
 */
export async function callerOfSocket(
  connectionParams: unknown,
  request: CallerHeaders,
  read: CallerReader,
): Promise<CallerReading> {
  const parts: Record<string, string> = {};
  for (const [key, value] of Object.entries(isRecord(connectionParams) ? connectionParams : {})) {
    const name = key.toLowerCase();
    if (!partNames.some((partName) => partName === name) || value === undefined || value === null) continue;
    if (typeof value !== 'string') return refuse(`The connection parameter ${name} must be a string.`);
    if (name in parts) return refuse(`The connection parameter ${name} comes more than once.`);
    parts[name] = value;
  }
  for (const name of partNames) {
    const values = request.headersDistinct[name] ?? [];
    if (values.length > 1) return refuse(`The header ${name} comes more than once.`);
    if (values[0] !== undefined) parts[name] ??= values[0];
  }
  return read(parts);
}

/** Whether a message holds anything that says who asks. */
export function bringsToken(payload: unknown): payload is Readonly<Record<string, unknown>> {
  return isRecord(payload) && Object.keys(payload).some(isPartName);
}

/** What was said at first, with what is said now in the place of the same, whatever its case. */
export function mergeParameters(
  first: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const said = new Set(Object.keys(now).map((name) => name.toLowerCase()));
  const kept = Object.entries(first).filter(([name]) => !said.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...now };
}

function isPartName(name: string): boolean {
  return partNames.some((partName) => partName === name.toLowerCase());
}

function refuse(message: string): CallerReading {
  return { kind: 'refused', code: 'BAD_USER_INPUT', message };
}
