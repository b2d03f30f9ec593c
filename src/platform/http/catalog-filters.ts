import { RE2JS } from 're2js';
import type { Query } from './query';
import { wrong } from './query';

/** An object of Catalog as it is answered. */
export type CatalogObject = Readonly<Record<string, unknown>>;

export type CatalogFilter = (object: CatalogObject) => boolean;

/** What a list can be filtered by, beside `property` and `tags`. */
export interface CatalogFilterNames {
  /** Properties with a parameter of their own name, with dots into objects: `name=a,b`, `name=!a,b`, `schemaRef.id=a`. */
  readonly simple: readonly string[];
  /** Parameters of times, both ends outside, and where the time stands. */
  readonly ranges: Readonly<Record<string, { readonly path: string; readonly is: 'after' | 'before' }>>;
  /** Values of a property that mean the same, as the synonyms of a status do. */
  readonly synonyms?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Every parameter that such a list takes for a filter. */
export function filterParameters({ simple, ranges }: CatalogFilterNames): readonly string[] {
  return ['property', 'tags', ...simple, ...Object.keys(ranges)];
}

/**
 * Reads all filters of a list; all of them must hold. Undefined where there are none.
 *
 * Source: contract §13, "Common list query", after D:catalog/api/filter-data.
 * @throws InvalidRequest that names the parameter.
 */
export function readCatalogFilter(query: Query, names: CatalogFilterNames): CatalogFilter | undefined {
  const filters = [
    ...query.all('property').map(readCondition),
    ...query.all('tags').flatMap((text) => text.split(',').map(readTag)),
    ...names.simple.flatMap((name) => readSimple(query, name, names.synonyms?.[name] ?? {})),
    ...Object.entries(names.ranges).flatMap(([parameter, range]) => readRange(query, parameter, range)),
  ];
  return filters.length === 0 ? undefined : (object) => filters.every((fits) => fits(object));
}

/** A property by its name; dots lead into objects, where no property has the whole name. */
export function valueAt(object: CatalogObject, path: string): unknown {
  if (Object.hasOwn(object, path)) return object[path];
  let found: unknown = object;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as CatalogObject)[name];
  }
  return found;
}

function readSimple(
  query: Query,
  name: string,
  synonyms: Readonly<Record<string, readonly string[]>>,
): readonly CatalogFilter[] {
  const text = query.text(name);
  if (text === undefined) return [];
  const isNegated = text.startsWith('!');
  const terms = text.split(',');
  const values = terms.map((term) => (isNegated ? term.replace(/^!/u, '') : term));
  if (values.some((value) => value === '' || value.startsWith('!')))
    throw wrong(name, 'must be values with commas between, with "!" before the first for none of them');
  const tests = values.flatMap((value) => synonyms[value] ?? [value]).map((value) => textTest(name, value));
  return [
    (object) => {
      const found = textOf(valueAt(object, name));
      return (found !== undefined && tests.some((fits) => fits(found))) !== isNegated;
    },
  ];
}

/** Names may have `*` for any characters, doubled for itself. */
function textTest(name: string, wanted: string): (text: string) => boolean {
  return name === 'name' ? wildcard(wanted) : (text) => text === wanted;
}

function wildcard(wanted: string): (text: string) => boolean {
  if (!wanted.includes('*')) return (text) => text === wanted;
  const pieces = wanted.split('**').map((part) => anyBetween(part.split('*')));
  const pattern = RE2JS.compile(pieces.join('\\*'), RE2JS.DOTALL);
  return (text) => pattern.matches(text);
}

/** A pattern of texts with anything between them. */
function anyBetween(texts: readonly string[]): string {
  return texts.map((text) => RE2JS.quote(text)).join('.*');
}

/** `key:value`; the value may have `*` for any characters. */
function readTag(text: string): CatalogFilter {
  const [key = '', wanted] = text.split(/:(.*)/su);
  if (key === '' || wanted === undefined || wanted === '')
    throw wrong('tags', 'must be name:value, several with commas between; "*" in a value is any text');
  const pattern = RE2JS.compile(anyBetween(wanted.split('*')), RE2JS.DOTALL);
  return ({ tags }) => {
    const values = (tags as Readonly<Record<string, readonly unknown[]>> | undefined) ?? {};
    return Object.hasOwn(values, key) && (values[key] ?? []).some((value) => pattern.matches(String(value)));
  };
}

function readRange(
  query: Query,
  parameter: string,
  { path, is }: CatalogFilterNames['ranges'][string],
): readonly CatalogFilter[] {
  const bound = query.integer(parameter, { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (bound === undefined) return [];
  return [
    (object) => {
      const time = valueAt(object, path);
      return typeof time === 'number' && (is === 'after' ? time > bound : time < bound);
    },
  ];
}

const conditionPattern = /^(!?)([A-Za-z_][A-Za-z0-9_./@-]*)(?:(==|!=|<=|>=|<|>|~)(.*))?$/su;
const conditionHelp = 'must be a name, !name, or a name, one of == != < <= > >= ~, and a value';

function readCondition(text: string): CatalogFilter {
  const [, not, path = '', operator, wanted = ''] = conditionPattern.exec(text) ?? [];
  if (path === '' || (not === '!' && operator !== undefined)) throw wrong('property', conditionHelp);
  if (operator === undefined) return (object) => (valueAt(object, path) === undefined) === (not === '!');
  if (operator === '~') return readPattern(path, wanted);
  const isEqual = textTest(path, wanted);
  return (object) => {
    const found = valueAt(object, path);
    if (operator === '==' || operator === '!=') {
      const values: readonly unknown[] = Array.isArray(found) ? found : [found];
      return values.some((value) => isEqual(textOf(value) ?? '\u0000')) === (operator === '==');
    }
    const order = found === undefined ? NaN : compareValues(found, wanted);
    if (operator.startsWith('<')) return operator === '<=' ? order <= 0 : order < 0;
    return operator === '>=' ? order >= 0 : order > 0;
  };
}

const longestPattern = 1024;
const largestProgram = 1500;

/** A regular expression, found in linear time whatever it is. */
function readPattern(path: string, text: string): CatalogFilter {
  const pattern = text.length > longestPattern ? undefined : compiled(text);
  if (pattern === undefined || pattern.programSize() > largestProgram)
    throw wrong(
      'property',
      'must have a regular expression without lookaround and back references behind "~", of 1,024 characters at most',
    );
  return (object) => {
    const found = valueAt(object, path);
    return typeof found === 'string' && pattern.matcher(found).find();
  };
}

function compiled(text: string): RE2JS | undefined {
  try {
    return RE2JS.compile(text);
  } catch (failure) {
    if (!(failure instanceof Error && failure.name.startsWith('RE2JS'))) throw failure;
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

/** Numbers as numbers, versions part by part, all else as texts. NaN where they cannot be compared. */
export function compareValues(a: unknown, b: unknown): number {
  const [left, right] = [textOf(a), textOf(b)];
  if (left === undefined || right === undefined) return NaN;
  if (isDotted(left) && isDotted(right)) {
    const [x, y] = [left.split('.').map(Number), right.split('.').map(Number)];
    const index = x.findIndex((part, at) => part !== (y[at] ?? -1));
    return index === -1 ? x.length - y.length : (x[index] ?? 0) - (y[index] ?? -1);
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A whole number or a version. */
function isDotted(text: string): boolean {
  return /^\d{1,15}(?:\.\d{1,15})*$/u.test(text);
}
