import { InvalidRequest } from '../../errors/platform-error';
import type { Page, Sort } from '../store/api/repository';

/** The query string of one request. Every read may throw an InvalidRequest that names the parameter. */
export class Query {
  readonly #values: Readonly<Record<string, string | readonly string[]>>;

  constructor(values: unknown) {
    this.#values = (values ?? {}) as Readonly<Record<string, string | readonly string[]>>;
  }

  names(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** Undefined where it is absent or blank. The same value twice is one: aepp repeats its parameters. */
  text(name: string): string | undefined {
    const [value, ...others] = new Set(this.all(name));
    if (others.length > 0) throw wrong(name, 'is there with several values, and must have one');
    return value;
  }

  all(name: string): readonly string[] {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    return values.filter((text) => text !== '');
  }

  integer(name: string, bounds: { readonly min: number; readonly max: number }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= bounds.min && value <= bounds.max) return value;
    throw wrong(name, `must be a whole number from ${bounds.min} to ${bounds.max}`);
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const text = this.text(name);
    const found = allowed.find((value) => value === text);
    if (text !== undefined && found === undefined) throw wrong(name, `must be one of ${allowed.join(', ')}`);
    return found;
  }

  /** `True` is how Python writes it, and how aepp sends it. */
  flag(name: string): boolean | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (text !== 'true' && text !== 'false') throw wrong(name, 'must be true or false');
    return text === 'true';
  }

  /**
   * Refuses a parameter that would be a filter elsewhere: to ignore it would answer with too much. One without a value
   * asks for nothing.
   */
  allowOnly(names: readonly string[]): void {
    const unknown = this.names().find((name) => !names.includes(name) && this.all(name).length > 0);
    if (unknown !== undefined)
      throw wrong(unknown, `is not supported here; supported are ${names.join(', ')}`);
  }
}

/** The refusal of a query parameter; `what` goes on from its name. */
export function wrong(name: string, what: string): InvalidRequest {
  return new InvalidRequest(`The query parameter "${name.slice(0, 64)}" ${what}.`);
}

const maxOffset = 1_000_000_000;

/** `start` is an offset; `page` counts from 0 or from 1, both are the first page (quirk P9), and wins over `start`. */
export function readPage(
  query: Query,
  limits: { readonly defaultLimit: number; readonly maxLimit: number },
): Page {
  const limit = query.integer('limit', { min: 1, max: limits.maxLimit }) ?? limits.defaultLimit;
  const page = query.integer('page', { min: 0, max: maxOffset });
  const start = query.integer('start', { min: 0, max: maxOffset }) ?? 0;
  return { limit, offset: page === undefined ? start : Math.max(0, page - 1) * limit };
}

/** Adobe's attribute names and what they are in our records. */
export type SortFields = Readonly<Record<string, Sort['field']>>;

export interface ReadSort {
  /** The keys in their order; ties go by id. */
  readonly sort: readonly Sort[];
  /** The first key as it was asked for. */
  readonly attribute: string;
  readonly direction: Sort['direction'];
}

/** `attr:asc|desc`, several with commas between. @throws InvalidRequest for another attribute, or one that is there twice. */
export function readSort(query: Query, fields: SortFields, name = 'sort'): ReadSort | undefined {
  const text = query.text(name);
  if (text === undefined) return undefined;
  const keys = text.split(',').map((part) => readOneSort(part.trim(), fields, name));
  const sort = keys.map((key) => key.sort);
  if (new Set(sort.map(({ field }) => field)).size < sort.length)
    throw wrong(name, 'must name each key once');
  const [first] = keys;
  if (first === undefined) return undefined;
  return { sort, attribute: first.attribute, direction: first.sort.direction };
}

function readOneSort(
  text: string,
  fields: SortFields,
  name: string,
): { readonly sort: Sort; readonly attribute: string } {
  const [attribute = '', direction = 'asc'] = text.split(':');
  const field = Object.hasOwn(fields, attribute) ? fields[attribute] : undefined;
  if (field === undefined) throw wrong(name, `must sort by one of ${Object.keys(fields).join(', ')}`);
  if (direction !== 'asc' && direction !== 'desc')
    throw wrong(name, 'must be attribute:asc or attribute:desc');
  return { sort: { field, direction }, attribute };
}
