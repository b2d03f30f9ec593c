import { dialectOf } from '../templates/documents';
import type { Written } from '../templates/documents';
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

/** Reads a template as an upstream wrote it, in either model (quirk N36). */
export function readTemplate(wire: AnyAudienceTemplateWire): ReadTemplate {
  const misreads = new Map<string, Misread>();
  const document = soundPart({ ...wire }, '', shapeOf({ ...wire }, misreads), misreads);
  return { written: { dialect: dialectOf(document), document }, misreads };
}

function shapeOf(wire: JsonRecord, misreads: Map<string, Misread>): Shape {
  const operation: Check = (value, place) => {
    const part = read.part(value, place);
    if (part === null || isMisread(part)) return part;
    const required = [part['uri'] ?? part['url'], part['method'] ?? part['httpMethod']];
    const wrong = required.map((text) => read.requiredText(text, `${place}.uri`)).find(isMisread);
    return wrong ?? soundPart(part, place, operationShape, misreads);
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

const operationShape: Shape = {
  headers: headersOf,
  params: read.part,
  schemaMap: read.part,
  errorSchemaMap: read.part,
  requestBody: read.part,
  responseFields: namedValuesOf,
  responseErrorFields: namedValuesOf,
  validations: validationsOf,
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

/** Model A has a map, model B a list. */
function headersOf(value: unknown, place: string): unknown {
  if (Array.isArray(value)) return listOf(value, place, ['header', 'value']);
  const map = read.part(value, place);
  if (map === null || isMisread(map)) return map;
  const texts = Object.entries(map).map(([name, item]) => [name, textOf(item, `${place}.${name}`)] as const);
  return texts.map(([, text]) => text).find(isMisread) ?? Object.fromEntries(texts);
}

function namedValuesOf(value: unknown, place: string): unknown {
  return listOf(value, place, ['name', 'value']);
}

function validationsOf(value: unknown, place: string): unknown {
  return listOf(value, place, ['field', 'regex']);
}

/** A list of records of texts; one entry of another shape makes the whole list unreadable. */
function listOf(value: unknown, place: string, names: readonly string[]): unknown {
  const items = read.items(value, place);
  if (isMisread(items)) return items;
  for (const item of items) {
    const entry = read.entry(item, place);
    if (isMisread(entry)) return entry;
    const wrong = names.map((name) => read.requiredText(entry[name], `${place}.${name}`)).find(isMisread);
    if (wrong !== undefined) return wrong;
  }
  return items;
}

/** A header's value is text, whatever JSON it was written as. */
function textOf(value: unknown, place: string): string {
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : read.requiredText(value, place);
}
