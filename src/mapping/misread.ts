import { UpstreamInvalidResponse, UpstreamMisread } from '../errors/upstream-error';
import type { UpstreamError } from '../errors/upstream-error';
import type { UpstreamService } from '../errors/upstream-error';

/**
 * What stands in the place of a value that an upstream sent in a shape that cannot be read. GraphQL ends a field whose
 * value is an Error with that error, at the field's own path: so the field is null, and its siblings answer.
 */
export type Misread = UpstreamInvalidResponse;

/** Whose record a value stands in, for messages: `segmentation`, `segment definition`. */
export interface Noun {
  readonly service: UpstreamService;
  readonly noun: string;
}

let count = 0;

/** A misread that names the field and what stands there, never the value itself. */
export function misread({ service, noun }: Noun, field: string, why: string): Misread {
  count += 1;
  const article = /^[aeiou]/.test(noun) ? 'an' : 'a';
  const message = `The upstream's answer cannot be read: "${field}" of ${article} ${noun} ${why}`;
  return new UpstreamMisread(message, { service, status: null });
}

/** `is a list, not a text`: what a value is and what belongs there. */
export function wrongType(value: unknown, expected: string): string {
  return `is ${kindOf(value)}, not ${expected}`;
}

/** The same for a value of the right type that cannot be. */
export function outOfRange(expected: string): string {
  return `is not ${expected}`;
}

export function isMisread(value: unknown): value is Misread {
  return value instanceof UpstreamInvalidResponse;
}

/**
 * Puts a misread where GraphQL will look for a value of the field's type. The one place where a type says what is not:
 * only for leaves that nothing but GraphQL reads; what code leans on too is typed `… | Error`.
 */
export function inPlaceOf<T>(error: UpstreamError): T {
  return error as unknown as T;
}

/**
 * Maps one record and tells whether anything in it could not be read. Mapping is synchronous, so what is misread between
 * two looks at the count belongs to this record.
 */
export function mapNoting<T>(map: () => T): { readonly value: T; readonly isSuspect: boolean } {
  const before = count;
  const value = map();
  return { value, isSuspect: count !== before };
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty text' : 'a text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'an object';
  }
}
