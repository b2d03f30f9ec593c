import { dialectOf } from '../templates/documents';
import type { Dialect, Written } from '../templates/documents';
import type { AnyAudienceTemplateWire } from '../wire/audience-template.wire';
import { isMisread } from './misread';
import type { Misread } from './misread';
import { fieldsOf } from './reading';
import type { JsonRecord } from './reading';

/** A template whose shape holds, so that the room `templates/` can work with it, and what had to be left out for that. */
export interface ReadTemplate {
  readonly written: Written;
  /** By dotted place: `audience`, `metadataTemplate.create`, `metadataTemplate.create.headers`. */
  readonly misreads: ReadonlyMap<string, Misread>;
}

const read = fieldsOf({ service: 'destination-authoring', noun: 'audience template' });

type Check = (value: unknown, place: string) => unknown;
type Shape = Readonly<Record<string, Check>>;

/**
 * Reads a template as an upstream wrote it, in either model (quirk N36). One model is read out of a document: an operation
 * that is written in the other one is a misread, but headers are read as either has them.
 */
export function readTemplate(wire: AnyAudienceTemplateWire): ReadTemplate {
  const misreads = new Map<string, Misread>();
  const dialect = dialectOf(wire);
  const document = soundPart({ ...wire }, '', shapeOf({ ...wire }, dialect, misreads), misreads);
  return { written: { dialect, document }, misreads };
}

function shapeOf(wire: JsonRecord, dialect: Dialect, misreads: Map<string, Misread>): Shape {
  const shape = operationShapes[dialect];
  const operation: Check = (value, place) => {
    const part = read.part(value, place);
    if (part === null || isMisread(part)) return part;
    const wrong = firstMisread(
      requiredNames[dialect].map((name) => read.requiredText(part[name], `${place}.${name}`)),
    );
    return wrong ?? soundPart(part, place, shape, misreads);
  };
  const metadataTemplate: Shape = {
    name: read.text,
    host: read.text,
    ...Object.fromEntries(operationNames.map((name) => [name, operation])),
  };
  return {
    audience: read.part,
    credential: read.part,
    metadataTemplate: (value, place) => {
      const part = read.part(value, place);
      return part === null || isMisread(part) ? part : soundPart(part, place, metadataTemplate, misreads);
    },
    ...('validations' in wire && { validations: validationsOf }),
  };
}

const operationNames = [
  ...['create', 'update', 'delete', 'validate'],
  ...['notify', 'createDestination', 'updateDestination', 'deleteDestination'],
];

const requiredNames: Readonly<Record<Dialect, readonly string[]>> = {
  A: ['uri', 'method'],
  B: ['url', 'httpMethod'],
};

const operationShapes: Readonly<Record<Dialect, Shape>> = {
  A: {
    headers: (value, place) => withRead(headersOf(value, place), (pairs) => Object.fromEntries(pairs)),
    params: read.part,
    schemaMap: read.part,
    errorSchemaMap: read.part,
  },
  B: {
    headers: (value, place) =>
      withRead(headersOf(value, place), (pairs) => pairs.map(([header, text]) => ({ header, value: text }))),
    requestBody: requestBodyOf,
    responseFields: namedValuesOf,
    responseErrorFields: namedValuesOf,
    validations: validationsOf,
  },
};

/** A copy of a record without the parts that cannot be read; each is noted under its place. */
function soundPart(record: JsonRecord, at: string, shape: Shape, misreads: Map<string, Misread>): JsonRecord {
  const sound: Record<string, unknown> = { ...record };
  for (const [name, check] of Object.entries(shape)) {
    if (!Object.hasOwn(record, name)) continue;
    const place = at === '' ? name : `${at}.${name}`;
    const value = check(record[name], place);
    if (isMisread(value)) misreads.set(place, value);
    if (isMisread(value) || value === null) delete sound[name];
    else sound[name] = value;
  }
  return sound;
}

type HeaderPair = readonly [name: string, value: string];

/** Model A has a map, model B a list; each is read in the other's place too. */
function headersOf(value: unknown, place: string): readonly HeaderPair[] | null | Misread {
  if (Array.isArray(value)) {
    const list = listOf(value, place, ['header', 'value']);
    return isMisread(list) ? list : list.map(({ header, value: text }) => [String(header), String(text)]);
  }
  const map = read.part(value, place);
  if (map === null || isMisread(map)) return map;
  const texts = Object.entries(map).map(([name, item]) => [name, textOf(item, `${place}.${name}`)] as const);
  return firstMisread(texts.map(([, text]) => text)) ?? texts;
}

function withRead<T>(value: T | null | Misread, change: (value: T) => unknown): unknown {
  return value === null || isMisread(value) ? value : change(value);
}

/** `params` beside `json` is a form (our own word, which our platform writes). */
function requestBodyOf(value: unknown, place: string): unknown {
  const part = read.part(value, place);
  if (part === null || isMisread(part)) return part;
  const { params: given, ...rest } = part;
  const params = read.part(given, `${place}.params`);
  if (isMisread(params)) return params;
  return params === null ? rest : { ...rest, params };
}

function namedValuesOf(value: unknown, place: string): unknown {
  return listOf(value, place, ['name', 'value']);
}

function validationsOf(value: unknown, place: string): unknown {
  return listOf(value, place, ['field', 'regex']);
}

/** A list of records of texts; one entry of another shape makes the whole list unreadable. */
function listOf(value: unknown, place: string, names: readonly string[]): readonly JsonRecord[] | Misread {
  const items = read.items(value, place);
  if (isMisread(items)) return items;
  const entries: JsonRecord[] = [];
  for (const item of items) {
    const entry = read.entry(item, place);
    if (isMisread(entry)) return entry;
    const wrong = firstMisread(names.map((name) => read.requiredText(entry[name], `${place}.${name}`)));
    if (wrong !== undefined) return wrong;
    entries.push(entry);
  }
  return entries;
}

/** Among values that are typed as what they would be if they could be read. */
function firstMisread(values: readonly unknown[]): Misread | undefined {
  return values.find(isMisread);
}

/** A header's value is text, whatever JSON it was written as. */
function textOf(value: unknown, place: string): string {
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : read.requiredText(value, place);
}
