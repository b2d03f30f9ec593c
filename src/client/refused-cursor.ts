import type { GraphqlErrorEntry } from './errors';

/** True where the gateway cannot read `after`: one that was since started with another secret. */
export function isCursorRefused(errors: unknown): boolean {
  return (
    Array.isArray(errors) &&
    (errors as readonly GraphqlErrorEntry[]).some(({ extensions }) => extensions?.['reason'] === 'BAD_CURSOR')
  );
}

/**
 * A GAP as the gateway would tell it, with the fields that this event has; null where the document does not ask for
 * `type`, so that nobody would know it.
 *
 * @param data the one field of a subscription's answer: an event of a job stream.
 */
export function toGap(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | null {
  const [[name, event] = ['', null]] = Object.entries(data);
  if (typeof event !== 'object' || event === null || !('type' in event)) return null;
  const fields = Object.entries(event).map(([field, value]) => [field, gapField(field, value)]);
  return { [name]: Object.fromEntries(fields) as unknown };
}

function gapField(name: string, value: unknown): unknown {
  if (name === 'type') return 'GAP';
  if (name === 'replayed') return false;
  // The job, under whatever name, and what is said of it.
  return name === 'previousStatus' || typeof value === 'object' ? null : value;
}
