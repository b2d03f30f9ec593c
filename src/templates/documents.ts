/**
 * The two models in which audience templates are written: A, of the alpha of Adobe's Destination SDK (`/v1/…`), and B, of
 * today's. Documents here have passed the shape check of `wire/`; what their texts say has not been looked at.
 *
 * Source: `/data/core/activation/authoring[/v1]/audience-templates` (quirk N36).
 */
export type Dialect = 'A' | 'B';

export type JsonMap = Readonly<Record<string, unknown>>;

export const alphaVerbs = ['create', 'update', 'delete', 'validate'] as const;
/** What B can do beside: `notify` for destinations of files, the others for the destination itself. */
export const verbs = [
  ...alphaVerbs,
  'notify',
  'createDestination',
  'updateDestination',
  'deleteDestination',
] as const;

export type AlphaVerb = (typeof alphaVerbs)[number];
export type Verb = (typeof verbs)[number];

export interface Validation {
  readonly field: string;
  readonly regex: string;
}

export interface OperationA {
  readonly uri: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Fields of a form; a template has either these or a body. */
  readonly params?: JsonMap | undefined;
  readonly body?: unknown;
  readonly schemaMap?: JsonMap | undefined;
  readonly errorSchemaMap?: JsonMap | undefined;
}

export interface DocumentA {
  readonly audience?: JsonMap | undefined;
  readonly credential?: JsonMap | undefined;
  readonly metadataTemplate?:
    | ({ readonly name?: string | undefined; readonly host?: string | undefined } & {
        readonly [verb in AlphaVerb]?: OperationA | undefined;
      })
    | undefined;
  readonly validations?: readonly Validation[] | undefined;
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export interface HeaderB {
  readonly header: string;
  readonly value: string;
}

export interface OperationB {
  readonly url: string;
  readonly httpMethod: string;
  readonly headers?: readonly HeaderB[] | undefined;
  /** `params` is our word for the form fields of an A template; Adobe's B shows none. */
  readonly requestBody?: { readonly json?: unknown; readonly params?: JsonMap | undefined } | undefined;
  readonly responseFields?: readonly NamedValue[] | undefined;
  readonly responseErrorFields?: readonly NamedValue[] | undefined;
  readonly validations?: readonly Validation[] | undefined;
}

export interface DocumentB {
  readonly metadataTemplate?:
    | ({ readonly name?: string | undefined } & { readonly [verb in Verb]?: OperationB | undefined })
    | undefined;
  readonly validations?: readonly Validation[] | undefined;
}

/** A template as it was written, and in which model. */
export type Written =
  | { readonly dialect: 'A'; readonly document: DocumentA }
  | { readonly dialect: 'B'; readonly document: DocumentB };

export function isVerb(name: unknown): name is Verb {
  return (verbs as readonly unknown[]).includes(name);
}

const fieldsOfB = ['url', 'httpMethod', 'requestBody', 'responseFields', 'responseErrorFields'];

/** Tells by its fields in which model a document is written; A where nothing tells. */
export function dialectOf(document: unknown): Dialect {
  const template = fieldOf(document, 'metadataTemplate');
  const isB = verbs.some((verb) => {
    const operation = fieldOf(template, verb);
    if (operation === undefined || operation === null) return false;
    return !(alphaVerbs as readonly string[]).includes(verb) || isOperationB(operation);
  });
  return isB ? 'B' : 'A';
}

/** The address tells, which each operation must have; the other fields only where there is none. */
function isOperationB(operation: unknown): boolean {
  const has = (name: string): boolean => (fieldOf(operation, name) ?? null) !== null;
  if (has('url') !== has('uri')) return has('url');
  return Array.isArray(fieldOf(operation, 'headers')) || fieldsOfB.some(has);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as JsonMap)[name]
    : undefined;
}
