import { isRecord } from '../lib/is-record';
import type { Dialect, JsonMap } from './documents';
import { isVerb } from './documents';
import type { PathStep } from './macro';

/** What a text of a template is for; it decides which macros may stand there and how their values are written. */
export type Place =
  | 'audience'
  | 'credential'
  | 'host'
  | 'url'
  | 'header'
  | 'form'
  | 'json'
  | 'answer'
  | 'error'
  | 'validation'
  | 'regex'
  /** No macros: a name, a method. */
  | 'literal';

/** One value of a template that is neither a map nor a list. */
export interface Site {
  readonly path: readonly PathStep[];
  readonly place: Place;
  /** The names that lead to it within its place: of a header its name, of a JSON value its keys and what names it beside. */
  readonly names: readonly string[];
  readonly value: unknown;
}

const placesOfA: Readonly<Record<string, Place>> = {
  uri: 'url',
  headers: 'header',
  params: 'form',
  body: 'json',
  schemaMap: 'answer',
  errorSchemaMap: 'error',
};

/** Every value of a template with its place, in the order of the document. */
export function sitesOf(dialect: Dialect, document: unknown): readonly Site[] {
  const sites: Site[] = [];
  mapSites(dialect, document, (site) => {
    sites.push(site);
    return site.value;
  });
  return sites;
}

/** The same document with each value replaced by what `change` answers. */
export function mapSites(dialect: Dialect, document: unknown, change: (site: Site) => unknown): unknown {
  const walk = (value: unknown, path: readonly PathStep[], told: readonly string[]): unknown => {
    if (Array.isArray(value)) {
      return value.map((item: unknown, index) =>
        walk(item, [...path, index], [...told, ...toldNames(value, index)]),
      );
    }
    if (isRecord(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          walk(item, [...path, key], [...told, ...toldNames(value, key)]),
        ]),
      );
    }
    const place = placeOf(dialect, path);
    const keys = dialect === 'B' && place === 'header' ? [] : namesIn(dialect, place, path);
    return change({ path, place, names: [...told, ...keys], value });
  };
  return walk(document, [], []);
}

const nameFields = [
  'name',
  'key',
  'header',
  'field',
  'param',
  'parameter',
  'property',
  'id',
  'label',
  'k',
  'n',
];
const valueFields = new Set(['value', 'values', 'val', 'v', 'content', 'data', 'text', 'default']);

/**
 * The names that the neighbours of a value give it, in a pair such as `{"name": "password", "value": "x"}` or
 * `["password", "x"]`.
 */
export function toldNames(parent: JsonMap | readonly unknown[], key: PathStep): readonly string[] {
  const namesFor = (names: readonly unknown[]): readonly string[] =>
    names.filter((name) => typeof name === 'string');
  if (isRecord(parent)) {
    if (typeof key !== 'string' || !valueFields.has(key.toLowerCase())) return [];
    return namesFor(
      Object.entries(parent).flatMap(([field, name]) =>
        nameFields.includes(field.toLowerCase()) ? [name] : [],
      ),
    );
  }
  return Array.isArray(parent) && parent.length === 2 && key === 1 ? namesFor([parent[0]]) : [];
}

function placeOf(dialect: Dialect, path: readonly PathStep[]): Place {
  const [top, verb, field, part, last] = path;
  if (top === 'validations') return placeOfValidation(path[2]);
  if (dialect === 'A' && (top === 'audience' || top === 'credential')) return top;
  if (top !== 'metadataTemplate') return 'literal';
  if (dialect === 'A' && verb === 'host') return 'host';
  if (!isVerb(verb) || typeof field !== 'string') return 'literal';
  if (dialect === 'A') return Object.hasOwn(placesOfA, field) ? (placesOfA[field] ?? 'literal') : 'literal';
  switch (field) {
    case 'url':
      return 'url';
    case 'headers':
      return last === 'value' ? 'header' : 'literal';
    case 'requestBody':
      return part === 'params' ? 'form' : 'json';
    case 'responseFields':
      return last === 'value' ? 'answer' : 'literal';
    case 'responseErrorFields':
      return last === 'value' ? 'error' : 'literal';
    case 'validations':
      return placeOfValidation(last);
    default:
      return 'literal';
  }
}

function placeOfValidation(field: PathStep | undefined): Place {
  return field === 'field' ? 'validation' : 'regex';
}

/** How many steps lead to a place: `metadataTemplate.create.body` has three. */
function depthOf(dialect: Dialect, place: Place): number {
  if (place === 'audience' || place === 'credential') return 1;
  return dialect === 'B' && (place === 'json' || place === 'form') ? 4 : 3;
}

function namesIn(dialect: Dialect, place: Place, path: readonly PathStep[]): readonly string[] {
  return path.slice(depthOf(dialect, place)).filter((step) => typeof step === 'string');
}
