import { wrong } from './query';

type Entity = Readonly<Record<string, unknown>>;

/** True for the events that are wanted. */
export type EventFilter = (entity: Entity) => boolean;

const mostFilters = 3;
const parts = /^([^=!<>]{1,512})(!=|<=|>=|=|<|>)(.*)$/su;

/**
 * `property=<path><operator><value>`, up to three, of which all must hold; a text may stand in quotes, a day is
 * `yyyy-mm-dd` or `yyyymmdd`. Of a list it is enough that one item fits. Source: Adobe's OpenAPI of profile access.
 * @throws InvalidRequest
 */
export function readEventFilter(properties: readonly string[]): EventFilter | undefined {
  if (properties.length === 0) return undefined;
  if (properties.length > mostFilters) throw wrong('property', `must be there ${mostFilters} times at most`);
  const tests = properties.map(readOne);
  return (entity) => tests.every((test) => test(entity));
}

function readOne(property: string): EventFilter {
  const [, path, operator, text] = parts.exec(property.trim()) ?? [];
  const holds = operator === undefined ? undefined : orders[operator];
  if (path === undefined || text === undefined || holds === undefined)
    throw wrong('property', 'must be <path><operator><value>, the operator one of =, !=, <, <=, > and >=');
  const wanted = /^"(.*)"$/su.exec(text)?.[1] ?? text;
  const names = path.trim().split('.');
  return (entity) => valuesAt(entity, names).some((value) => holds(compare(value, wanted)));
}

/** By the sign of a comparison; undefined where two values cannot be compared. */
const orders: Readonly<Record<string, (sign: number | undefined) => boolean>> = {
  '=': (sign) => sign === 0,
  '!=': (sign) => sign !== 0,
  '<': (sign) => sign !== undefined && sign < 0,
  '<=': (sign) => sign !== undefined && sign <= 0,
  '>': (sign) => sign !== undefined && sign > 0,
  '>=': (sign) => sign !== undefined && sign >= 0,
};

function valuesAt(value: unknown, names: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => valuesAt(item, names));
  const [name, ...further] = names;
  if (name === undefined) return value === undefined || value === null ? [] : [value];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
  return valuesAt((value as Entity)[name], further);
}

function compare(value: unknown, wanted: string): number | undefined {
  if (typeof value === 'number') {
    const number = wanted.trim() === '' ? NaN : Number(wanted);
    return Number.isNaN(number) ? undefined : Math.sign(value - number);
  }
  if (typeof value === 'boolean') return String(value) === wanted ? 0 : undefined;
  if (typeof value !== 'string') return undefined;
  const day = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(wanted);
  const isTime = /^\d{4}-\d{2}-\d{2}(T|$)/.test(value);
  if (day !== null && isTime) return order(value.slice(0, 10), day.slice(1).join('-'));
  return order(value, wanted);
}

function order(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
