import { wrong } from './query';

/** True where a wire body has the value. */
export type PropertyFilter = (body: object) => boolean;

/**
 * Reads `property=<path>==<value>`: the path with dots, or `<list>~<key>` for the items of a list; the value is compared
 * as text. Of a list it is enough that one item has it.
 *
 * Source: contract §5.1 (`property`), §11.
 * @throws InvalidRequest where there is no `==`, or the resource has no such attribute.
 */
export function readPropertyFilter(property: string, attributes: readonly string[]): PropertyFilter {
  const [path = '', value] = property.split(/==(.*)/su);
  const names = path.split(/[.~]/);
  if (value === undefined || names.includes('')) throw wrong('property', 'must be <path>==<value>');
  if (!attributes.includes(names[0] ?? ''))
    throw wrong('property', `must begin with one of ${attributes.join(', ')}`);
  return (body) => hasValue(body, names, value);
}

/** The same for an attribute that has a parameter of its own. */
export function propertyFilter(path: string, value: string): PropertyFilter {
  const names = path.split(/[.~]/);
  return (body) => hasValue(body, names, value);
}

function hasValue(found: unknown, names: readonly string[], value: string): boolean {
  if (Array.isArray(found)) return found.some((item: unknown) => hasValue(item, names, value));
  const [name, ...further] = names;
  if (name === undefined) {
    return ['string', 'number', 'boolean'].includes(typeof found) && String(found) === value;
  }
  if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return false;
  return hasValue((found as Readonly<Record<string, unknown>>)[name], further, value);
}
