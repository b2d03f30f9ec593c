import { isRecord } from '../lib/is-record';
import type {
  DocumentA,
  DocumentB,
  JsonMap,
  NamedValue,
  OperationA,
  OperationB,
  Verb,
  Written,
} from './documents';
import { alphaVerbs } from './documents';
import { inlineMaps, inlineTree } from './inline';
import { parsePath, wholeMacro } from './macro';
import type { Operation, OperationBody } from './template';
import { toTemplate } from './template';
import { originOf } from './template-url';

/** A template as a document of model A; as it was written where that is A. Operations that A has no name for are left out. */
export function toDocumentA(written: Written): DocumentA {
  if (written.dialect === 'A') return written.document;
  const { name, operations } = toTemplate(written);
  const kept = alphaVerbs.flatMap((verb) => {
    const operation = operations.get(verb);
    return operation === undefined ? [] : [[verb, operation] as const];
  });
  const host = commonOrigin(kept.map(([, { url }]) => url));
  const validations = [
    ...(written.document.validations ?? []),
    ...kept.flatMap(([, one]) => one.validations),
  ];
  return {
    ...(written.document.metadataTemplate && {
      metadataTemplate: {
        ...(name !== undefined && { name }),
        ...(host !== undefined && { host }),
        ...Object.fromEntries(kept.map(([verb, operation]) => [verb, operationAsA(operation, host ?? '')])),
      },
    }),
    ...(validations.length > 0 && { validations }),
  };
}

/** The operations of a template that model A has no name for. */
export function verbsBeyondA(written: Written): readonly Verb[] {
  return [...toTemplate(written).operations.keys()].filter(
    (verb) => !(alphaVerbs as readonly string[]).includes(verb),
  );
}

/** The maps of a template that model B has no place for, by name; empty maps are none. */
export function mapsBeyondB(written: Written): readonly string[] {
  if (written.dialect === 'B') return [];
  const { audience = {}, credential = {} } = written.document;
  return Object.entries({ audience, credential }).flatMap(([name, map]) =>
    Object.keys(map).length > 0 ? [name] : [],
  );
}

/** A template as a document of model B; the maps `audience` and `credential`, which B lacks, are written into its texts. */
export function toDocumentB(written: Written): DocumentB {
  if (written.dialect === 'B') return written.document;
  const { document } = written;
  const template = toTemplate(written);
  const { name, operations } = template;
  return {
    ...(document.metadataTemplate && {
      metadataTemplate: {
        ...(name !== undefined && { name }),
        ...Object.fromEntries(
          [...operations].map(([verb, operation]) => [verb, operationAsB(operation, template)]),
        ),
      },
    }),
    ...(document.validations && {
      validations: document.validations.map(({ field, regex }) => ({
        field: inlineMaps(field, 'validation', template),
        regex,
      })),
    }),
  };
}

function operationAsA(operation: Operation, host: string): OperationA {
  const uri = operation.url.slice(host.length);
  return {
    uri: uri.startsWith('/') || host === '' ? uri : `/${uri}`,
    method: operation.method,
    ...(operation.headers.length > 0 && { headers: Object.fromEntries(operation.headers) }),
    ...bodyAsA(operation.body),
    ...mapUnlessEmpty('schemaMap', operation.outputs),
    ...mapUnlessEmpty('errorSchemaMap', mapTexts(operation.errors, withoutBraces)),
  };
}

function bodyAsA(body: OperationBody): Pick<OperationA, 'body' | 'params'> {
  switch (body.kind) {
    case 'none':
      return {};
    case 'json':
      return { body: body.value };
    case 'form':
      return { params: body.fields };
  }
}

type Maps = Parameters<typeof inlineMaps>[2];

function operationAsB(operation: Operation, maps: Maps): OperationB {
  const outputs = namedValues(operation.outputs);
  const errors = namedValues(mapTexts(operation.errors, withBraces));
  return {
    url: inlineMaps(operation.url, 'url', maps),
    httpMethod: operation.method,
    ...(operation.headers.length > 0 && {
      headers: operation.headers.map(([header, value]) => ({
        header,
        value: inlineMaps(value, 'header', maps),
      })),
    }),
    ...(operation.body.kind === 'json' && { requestBody: { json: inlineTree(operation.body.value, maps) } }),
    ...(operation.body.kind === 'form' && {
      requestBody: { params: inlineTree(operation.body.fields, maps) as JsonMap },
    }),
    ...(outputs.length > 0 && { responseFields: outputs }),
    ...(errors.length > 0 && { responseErrorFields: errors }),
  };
}

/** The origin that all URLs share; undefined where they do not, and each must be written in full. */
function commonOrigin(urls: readonly string[]): string | undefined {
  const [first, ...others] = urls.map((url) => ({ url, origin: originOf(url) }));
  if (first?.origin === undefined || others.some(({ origin }) => origin !== first.origin)) return undefined;
  const { origin } = first;
  return urls.every((url) => url.startsWith(origin)) ? origin : undefined;
}

/** `{{error.message}}` as A writes it: `error.message`. */
function withoutBraces(text: string): string {
  const macro = wholeMacro(text);
  return macro === undefined || macro.isRaw || macro.filters.length > 0 ? text : macro.expression;
}

function withBraces(text: string): string {
  return parsePath(text) === undefined ? text : `{{${text}}}`;
}

function mapTexts(map: JsonMap, change: (text: string) => string): JsonMap {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [
      name,
      isRecord(value) ? mapTexts(value, change) : typeof value === 'string' ? change(value) : value,
    ]),
  );
}

function mapUnlessEmpty<Name extends string>(name: Name, map: JsonMap): Partial<Record<Name, JsonMap>> {
  return Object.keys(map).length === 0 ? {} : ({ [name]: map } as Record<Name, JsonMap>);
}

/** A list of names and texts; a map within gives dotted names. */
function namedValues(map: JsonMap, prefix = ''): NamedValue[] {
  return Object.entries(map).flatMap(([name, value]) => {
    if (isRecord(value)) return namedValues(value, `${prefix}${name}.`);
    return typeof value === 'string' ? [{ name: `${prefix}${name}`, value }] : [];
  });
}
