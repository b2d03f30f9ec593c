import { z } from 'zod';
import { nameText } from './common.request';

/** POST and PUT of audience templates, their shape alone; what their texts say is the room `templates/`'s to check. */

const headerNamePattern = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
/** Set by the HTTP client alone; a template that sets them could smuggle a request. */
const reservedHeaders = new Set(['host', 'content-length', 'transfer-encoding', 'connection']);

const headerName = z.string().regex(headerNamePattern, 'must be a header name');
const headerValue = z
  .string()
  .max(8192, 'must not be longer than 8192 characters')
  .regex(/^[^\r\n\0]*$/, 'must be one line');
const urlText = z.string().min(1, 'must not be empty').max(4096, 'must not be longer than 4096 characters');
const method = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], 'must be GET, POST, PUT, PATCH or DELETE');
const anyMap = z.record(z.string(), z.unknown());

function isFree(name: string): boolean {
  return !reservedHeaders.has(name.toLowerCase());
}
const reservedMessage = 'must not set Host, Content-Length, Transfer-Encoding or Connection';

const validationBody = z.strictObject({
  field: z.string().min(1, 'must not be empty').max(1024, 'must not be longer than 1024 characters'),
  regex: z.string().min(1, 'must not be empty').max(1024, 'must not be longer than 1024 characters'),
});
const validations = z.array(validationBody).max(100).optional();

/** Sent back by clients that read a template first; ignored. */
const keptFields = {
  instanceId: z.string().optional(),
  createdDate: z.string().optional(),
  lastModifiedDate: z.string().optional(),
};

const operationBody = z.strictObject({
  /** A path below the host; a whole URL where the template has no host. */
  uri: urlText,
  method,
  headers: z
    .record(headerName, headerValue)
    .refine((headers) => Object.keys(headers).every(isFree), reservedMessage)
    .optional(),
  params: anyMap.optional(),
  body: z.unknown().optional(),
  schemaMap: anyMap.optional(),
  errorSchemaMap: anyMap.optional(),
});

const metadataTemplateBody = z
  .strictObject({
    name: nameText.optional(),
    host: z.string().max(2048, 'must not be longer than 2048 characters').optional(),
    create: operationBody.optional(),
    update: operationBody.optional(),
    delete: operationBody.optional(),
    validate: operationBody.optional(),
  })
  .superRefine(({ host, name: _name, ...operations }, context) => {
    for (const [verb, operation] of Object.entries(operations)) {
      if (host === undefined && operation?.uri.startsWith('/'))
        context.addIssue({
          code: 'custom',
          path: ['host'],
          message: 'must be there, because each uri is joined with it',
        });
      if (host !== undefined && operation?.uri.startsWith('/') === false)
        context.addIssue({ code: 'custom', path: [verb, 'uri'], message: 'must start with "/"' });
    }
  });

/** POST and PUT of model A; unknown fields beside these are refused, so that nothing is lost in silence. */
export const audienceTemplateBody = z.strictObject({
  audience: anyMap.optional(),
  credential: anyMap.optional(),
  metadataTemplate: metadataTemplateBody.optional(),
  validations,
  ...keptFields,
});

const namedValue = z.strictObject({
  name: z.string().min(1, 'must not be empty').max(255, 'must not be longer than 255 characters'),
  value: z.string().max(4096, 'must not be longer than 4096 characters'),
});

const currentOperationBody = z.strictObject({
  url: urlText,
  httpMethod: method,
  headers: z
    .array(z.strictObject({ header: headerName.refine(isFree, reservedMessage), value: headerValue }))
    .max(100)
    .optional(),
  requestBody: z.strictObject({ json: z.unknown().optional(), params: anyMap.optional() }).optional(),
  responseFields: z.array(namedValue).max(100).optional(),
  responseErrorFields: z.array(namedValue).max(100).optional(),
  /** Adobe's OpenAPI shows them here too. */
  validations,
});

/** POST and PUT of model B. */
export const currentAudienceTemplateBody = z.strictObject({
  metadataTemplate: z
    .strictObject({
      name: nameText.optional(),
      create: currentOperationBody.optional(),
      update: currentOperationBody.optional(),
      delete: currentOperationBody.optional(),
      validate: currentOperationBody.optional(),
      notify: currentOperationBody.optional(),
      createDestination: currentOperationBody.optional(),
      updateDestination: currentOperationBody.optional(),
      deleteDestination: currentOperationBody.optional(),
    })
    .optional(),
  validations,
  ...keptFields,
});
