import type {
  DocumentA,
  DocumentB,
  HeaderB,
  JsonMap,
  NamedValue,
  OperationA,
  OperationB,
  Validation,
  Verb,
  Written,
} from './documents';
import { alphaVerbs, verbs } from './documents';

/** One request of a template, whatever the model it was written in. */
export interface Operation {
  readonly method: string;
  /** Whole, with macros. */
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: OperationBody;
  /** Output name to a text with macros over the answer; maps may lie within. */
  readonly outputs: JsonMap;
  /** The same for an answer that is an error. */
  readonly errors: JsonMap;
  readonly validations: readonly Validation[];
}

export type OperationBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'form'; readonly fields: JsonMap };

/** The one form of a template that requests are made from. */
export interface Template {
  readonly name: string | undefined;
  readonly audience: JsonMap;
  readonly credential: JsonMap;
  readonly operations: ReadonlyMap<Verb, Operation>;
  readonly validations: readonly Validation[];
}

/** Reads a checked template of either model. */
export function toTemplate(written: Written): Template {
  return written.dialect === 'A' ? fromA(written.document) : fromB(written.document);
}

function fromA({ audience, credential, metadataTemplate, validations }: DocumentA): Template {
  const host = metadataTemplate?.host ?? '';
  return {
    name: metadataTemplate?.name,
    audience: audience ?? {},
    credential: credential ?? {},
    operations: new Map(
      alphaVerbs.flatMap((verb) => {
        const operation = metadataTemplate?.[verb];
        return operation === undefined ? [] : [[verb, operationOfA(operation, host)] as const];
      }),
    ),
    validations: validations ?? [],
  };
}

function operationOfA(operation: OperationA, host: string): Operation {
  return {
    method: operation.method,
    url: host + operation.uri,
    headers: Object.entries(operation.headers ?? {}),
    body: bodyOf(operation.body, operation.params),
    outputs: operation.schemaMap ?? {},
    errors: operation.errorSchemaMap ?? {},
    validations: [],
  };
}

function fromB({ metadataTemplate, validations }: DocumentB): Template {
  return {
    name: metadataTemplate?.name,
    audience: {},
    credential: {},
    operations: new Map(
      verbs.flatMap((verb) => {
        const operation = metadataTemplate?.[verb];
        return operation === undefined ? [] : [[verb, operationOfB(operation)] as const];
      }),
    ),
    validations: validations ?? [],
  };
}

function operationOfB(operation: OperationB): Operation {
  // The gateway reads answers of others, too: what is no list is none.
  const mapOf = (list: OperationB['responseFields']): JsonMap =>
    Object.fromEntries((Array.isArray(list) ? list : []).map(({ name, value }: NamedValue) => [name, value]));
  const headers = Array.isArray(operation.headers) ? operation.headers : [];
  return {
    method: operation.httpMethod,
    url: operation.url,
    headers: headers.map(({ header, value }: HeaderB) => [header, value] as const),
    body: bodyOf(operation.requestBody?.json, operation.requestBody?.params),
    outputs: mapOf(operation.responseFields),
    errors: mapOf(operation.responseErrorFields),
    validations: operation.validations ?? [],
  };
}

function bodyOf(json: unknown, params: JsonMap | undefined): OperationBody {
  if (params !== undefined) return { kind: 'form', fields: params };
  return json === undefined ? { kind: 'none' } : { kind: 'json', value: json };
}
