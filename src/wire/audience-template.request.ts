import { z } from 'zod';
import { shortText } from './common.request';

const macro = '\\{\\{[^{}]{1,256}\\}\\}';
/** A path or query below the host; `{{…}}` may stand anywhere in it. */
const uriPattern = new RegExp(`^/(?:[^\\s{}\\\\\\u0000-\\u001f]|${macro})*$`);
const headerNamePattern = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
/** Set by the HTTP client alone; a template that sets them could smuggle a request. */
const reservedHeaders = new Set(['host', 'content-length', 'transfer-encoding', 'connection']);
const maxRegexLength = 1024;

const headerMap = z
  .record(
    z.string().regex(headerNamePattern, 'must be a header name'),
    z
      .string()
      .max(8192)
      .regex(/^[^\r\n\0]*$/, 'must be one line'),
  )
  .refine((headers) => Object.keys(headers).every((name) => !reservedHeaders.has(name.toLowerCase())), {
    message: 'must not set Host, Content-Length, Transfer-Encoding or Connection',
  });

const anyMap = z.record(z.string(), z.unknown());

const operationBody = z.strictObject({
  uri: z
    .string()
    .max(4096)
    .regex(uriPattern, 'must start with "/" and hold no spaces; macros are written {{…}}'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], 'must be GET, POST, PUT, PATCH or DELETE'),
  headers: headerMap.optional(),
  params: anyMap.optional(),
  body: z.unknown().optional(),
  schemaMap: anyMap.optional(),
  errorSchemaMap: anyMap.optional(),
});

const metadataTemplateBody = z
  .strictObject({
    name: shortText.optional(),
    host: z
      .string()
      .max(2048)
      .refine(isPlainHttpsPrefix, 'must be a literal https URL without user, query or macro')
      .optional(),
    create: operationBody.optional(),
    update: operationBody.optional(),
    delete: operationBody.optional(),
    validate: operationBody.optional(),
  })
  .refine(
    (body) =>
      body.host !== undefined || (body.create ?? body.update ?? body.delete ?? body.validate) === undefined,
    {
      path: ['host'],
      message: 'must be there, because each uri is joined with it',
    },
  );

const validationBody = z.object({
  field: z.string().min(1).max(1024),
  regex: z
    .string()
    .min(1)
    .max(maxRegexLength)
    .refine(isPlainRegex, 'must be a regular expression without lookaround and back references'),
});

/** POST and PUT of model A; unknown fields beside these are refused, so that nothing is lost in silence. */
export const audienceTemplateBody = z.strictObject({
  audience: anyMap.optional(),
  credential: anyMap.optional(),
  metadataTemplate: metadataTemplateBody.optional(),
  validations: z.array(validationBody).max(100).optional(),
  /** Sent back by clients that read a template first; ignored. */
  instanceId: z.string().optional(),
  createdDate: z.string().optional(),
  lastModifiedDate: z.string().optional(),
});

export type AudienceTemplateBody = z.output<typeof audienceTemplateBody>;

const modelBOperations = ['notify', 'createDestination', 'updateDestination', 'deleteDestination'];
const modelBFields = ['url', 'httpMethod', 'requestBody', 'responseFields', 'responseErrorFields'];

/** Tells a body of the current Destination SDK ("model B": url, httpMethod, …) from one of the alpha (quirk N36). */
export function isModelB(body: unknown): boolean {
  const template = fieldOf(body, 'metadataTemplate');
  if (modelBOperations.some((name) => fieldOf(template, name) !== undefined)) return true;
  return ['create', 'update', 'delete', 'validate'].some((name) => {
    const operation = fieldOf(template, name);
    return modelBFields.some((field) => fieldOf(operation, field) !== undefined);
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function isPlainHttpsPrefix(text: string): boolean {
  if (/[{}\s\\]/.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    url.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === ''
  );
}

/** Only looked at, never run here: backtracking on a caller's pattern could take for ever. */
function isPlainRegex(text: string): boolean {
  if (/\(\?(=|!|<=|<!)/.test(text) || /\\([1-9]|k<)/.test(text)) return false;
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
