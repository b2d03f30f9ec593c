import type { AudienceTemplateInput, TemplateOperationInput } from '../schema/audience-template.input';
import type { AudienceTemplate, TemplateOperation, TemplateVerb } from '../schema/audience-template.type';
import { dialectOf } from '../templates/documents';
import type { Written } from '../templates/documents';
import { inDialect, showInDialect } from '../templates/show';
import type {
  AnyAudienceTemplateWire,
  AudienceTemplateBodyWire,
  MetadataTemplateWire,
  TemplateOperationWire,
} from '../wire/audience-template.wire';
import { findMacros } from './template-macros';
import { toDate } from './time.mapping';

/** What a verb is called in a document. */
export const wireVerbs = {
  CREATE: 'create',
  UPDATE: 'update',
  DELETE: 'delete',
  VALIDATE: 'validate',
} as const satisfies Record<TemplateVerb, keyof MetadataTemplateWire>;
const verbs = Object.keys(wireVerbs) as TemplateVerb[];

/**
 * Reads a template of either model; what model B alone can do (`notify`, …) has no word here. Literal secrets are masked
 * here too, so that no upstream's carelessness shows one.
 */
export function toAudienceTemplate(wire: AnyAudienceTemplateWire): AudienceTemplate {
  const shown = showInDialect(toWrittenTemplate(wire), 'A') as AudienceTemplateBodyWire;
  const template = shown.metadataTemplate;
  const operations = verbs.flatMap((verb) => {
    const operation = template?.[wireVerbs[verb]];
    return operation === undefined ? [] : [toOperation(verb, operation)];
  });
  const audience = shown.audience ?? {};
  const credential = shown.credential ?? {};
  const validations = shown.validations ?? [];
  return {
    id: wire.instanceId,
    name: template?.name ?? null,
    host: toHost(template?.host),
    audience,
    credential,
    operations,
    validations,
    macros: findMacros({
      host: template?.host,
      audience,
      credential,
      operations: Object.fromEntries(operations.map(({ verb, ...operation }) => [verb, operation])),
      validations,
    }),
    createdAt: toDate(wire.createdDate),
    updatedAt: toDate(wire.lastModifiedDate),
  };
}

/** A template as an upstream wrote it, with the model that it chose, for the room `templates/`. */
export function toWrittenTemplate(wire: AnyAudienceTemplateWire): Written {
  return { dialect: dialectOf(wire), document: wire } as Written;
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

function toOperation(verb: TemplateVerb, wire: TemplateOperationWire): TemplateOperation {
  return {
    verb,
    httpMethod: wire.method,
    uri: wire.uri,
    headers: wire.headers ?? null,
    params: wire.params ?? null,
    body: wire.body ?? null,
    schemaMap: wire.schemaMap ?? null,
    errorSchemaMap: wire.errorSchemaMap ?? null,
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
