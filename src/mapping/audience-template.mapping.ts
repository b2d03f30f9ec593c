import type { AudienceTemplateInput, TemplateOperationInput } from '../schema/audience-template.input';
import type { AudienceTemplate, TemplateOperation, TemplateVerb } from '../schema/audience-template.type';
import type { Written } from '../templates/documents';
import { inDialect, showInDialect } from '../templates/show';
import type {
  AnyAudienceTemplateWire,
  AudienceTemplateBodyWire,
  MetadataTemplateWire,
  TemplateOperationWire,
} from '../wire/audience-template.wire';
import { inPlaceOf, isMisread } from './misread';
import { fieldsOf } from './reading';
import { findMacros } from './template-macros';
import { readTemplate } from './template-reading';

/** What a verb is called in a document. */
export const wireVerbs = {
  CREATE: 'create',
  UPDATE: 'update',
  DELETE: 'delete',
  VALIDATE: 'validate',
} as const satisfies Record<TemplateVerb, keyof MetadataTemplateWire>;
const verbs = Object.keys(wireVerbs) as TemplateVerb[];

const read = fieldsOf({ service: 'destination-authoring', noun: 'audience template' });

/**
 * Reads a template of either model; what model B alone can do (`notify`, …) has no word here. Literal secrets are masked
 * here too, so that no upstream's carelessness shows one.
 */
export function toAudienceTemplate(wire: AnyAudienceTemplateWire): AudienceTemplate {
  const { written, misreads } = readTemplate(wire);
  const shown = showInDialect(written, 'A') as AudienceTemplateBodyWire;
  const template = shown.metadataTemplate;
  const at = <T>(place: string, value: T): T => {
    const unread = misreads.get(place);
    return unread === undefined ? value : inPlaceOf<T>(unread);
  };
  const operations = verbs.flatMap((verb) => {
    const place = `metadataTemplate.${wireVerbs[verb]}`;
    const operation = template?.[wireVerbs[verb]];
    const unread = misreads.get(place);
    if (unread !== undefined) return [inPlaceOf<TemplateOperation>(unread)];
    return operation === undefined
      ? []
      : [toOperation(verb, operation, (name, value) => at(`${place}.${name}`, value))];
  });
  const readOperations = operations.filter((operation) => !isMisread(operation));
  const audience = shown.audience ?? {};
  const credential = shown.credential ?? {};
  const validations = shown.validations ?? [];
  return {
    id: read.requiredId(wire.instanceId, 'instanceId'),
    name: at('metadataTemplate', at('metadataTemplate.name', template?.name ?? null)),
    host: at('metadataTemplate', at('metadataTemplate.host', toHost(template?.host))),
    audience: at('audience', audience),
    credential: at('credential', credential),
    operations: at('metadataTemplate', operations),
    validations: at('validations', validations),
    macros: findMacros({
      host: template?.host,
      audience,
      credential,
      operations: Object.fromEntries(readOperations.map(({ verb, ...operation }) => [verb, operation])),
      validations,
    }),
    createdAt: read.time(wire.createdDate, 'createdDate'),
    updatedAt: read.time(wire.lastModifiedDate, 'lastModifiedDate'),
  };
}

/**
 * A template as an upstream wrote it, with the model that it chose, for the room `templates/`.
 *
 * @throws UpstreamInvalidResponse where a part of it cannot be read: half a template is not worked with.
 */
export function toWrittenTemplate(wire: AnyAudienceTemplateWire): Written {
  const { written, misreads } = readTemplate(wire);
  const [unread] = misreads.values();
  if (unread !== undefined) throw unread;
  return written;
}

/** The same in the alpha's model, secrets as the upstream gave them: what an update is compared with. */
export function toAlphaBodyWire(wire: AnyAudienceTemplateWire): AudienceTemplateBodyWire {
  return inDialect(toWrittenTemplate(wire), 'A').document as AudienceTemplateBodyWire;
}

/**
 * The body that makes a template or replaces one; each operation stands under its verb, credentials are as the caller
 * sent them.
 */
export function toAudienceTemplateBodyWire(input: AudienceTemplateInput): AudienceTemplateBodyWire {
  const operations = input.operations.map(
    (operation) => [wireVerbs[operation.verb], toOperationWire(operation)] as const,
  );
  return {
    audience: { ...input.audience },
    credential: { ...input.credential },
    metadataTemplate: {
      name: input.name,
      host: input.host,
      ...Object.fromEntries(operations),
    },
    ...(input.validations && {
      validations: input.validations.map(({ field, regex }) => ({ field, regex })),
    }),
  };
}

/** An upstream may keep anything there; what is no address is not shown as one. */
function toHost(host: string | undefined): string | null {
  return host !== undefined && /^https?:\/\//i.test(host) && URL.canParse(host) ? host : null;
}

/** `at` puts the misread of a part in its place, by the part's name in either model. */
function toOperation(
  verb: TemplateVerb,
  wire: TemplateOperationWire,
  at: <T>(name: string, value: T) => T,
): TemplateOperation {
  return {
    verb,
    httpMethod: wire.method,
    uri: wire.uri,
    headers: at('headers', wire.headers ?? null),
    params: at('params', at('requestBody', wire.params ?? null)),
    body: at('requestBody', wire.body ?? null),
    schemaMap: at('schemaMap', at('responseFields', wire.schemaMap ?? null)),
    errorSchemaMap: at('errorSchemaMap', at('responseErrorFields', wire.errorSchemaMap ?? null)),
  };
}

function toOperationWire(input: TemplateOperationInput): TemplateOperationWire {
  return {
    uri: input.uri,
    method: input.httpMethod.toUpperCase(),
    ...(input.headers && { headers: toTextMap(input.headers) }),
    ...(input.params && { params: { ...input.params } }),
    ...(input.body !== undefined && input.body !== null && { body: input.body }),
    ...(input.schemaMap && { schemaMap: { ...input.schemaMap } }),
    ...(input.errorSchemaMap && { errorSchemaMap: { ...input.errorSchemaMap } }),
  };
}

/** Header values are text on the wire, whatever JSON they were written as. */
function toTextMap(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
