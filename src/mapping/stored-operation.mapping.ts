import { isRecord } from '../lib/is-record';
import { checkTemplate } from '../templates/check';
import type { AlphaVerb, Written } from '../templates/documents';
import { dialectOf } from '../templates/documents';
import { printPath } from '../templates/macro';
import { audienceTemplateBody, currentAudienceTemplateBody } from '../wire/audience-template.request';
import type { AnyAudienceTemplateWire } from '../wire/audience-template.wire';

/** One operation of a template as an upstream keeps it, ready to be rendered, or why it cannot be. */
export type StoredOperation =
  | {
      readonly kind: 'usable';
      readonly template: Written;
      /** What the check of templates has against it; it may be shown, and must not be sent, while there is anything. */
      readonly problems: readonly string[];
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly problems: readonly string[] };

const partsOfA = ['uri', 'method', 'headers', 'params', 'body', 'schemaMap', 'errorSchemaMap'];
const partsOfB = [
  'url',
  'httpMethod',
  'headers',
  'requestBody',
  'responseFields',
  'responseErrorFields',
  'validations',
];

/**
 * Picks one operation out of a stored template and checks it as if it were written now: an upstream may keep anything,
 * and what it keeps decides where requests go. Other operations and unknown fields are left aside.
 */
export function readStoredOperation(wire: AnyAudienceTemplateWire, verb: AlphaVerb): StoredOperation {
  const dialect = dialectOf(wire);
  const parts = isRecord(wire.metadataTemplate) ? wire.metadataTemplate : {};
  const operation: unknown = Object.hasOwn(parts, verb) ? parts[verb as keyof typeof parts] : undefined;
  if (!isRecord(operation)) return { kind: 'absent' };
  const kept = pick(operation, dialect === 'A' ? partsOfA : partsOfB);
  const metadataTemplate = { ...pick(parts, dialect === 'A' ? ['host'] : []), [verb]: kept };
  const validations = isRecord(wire) ? pick(wire, ['validations']) : {};
  const reading =
    dialect === 'A'
      ? audienceTemplateBody.safeParse({
          ...pick(wire, ['audience', 'credential']),
          metadataTemplate,
          ...validations,
        })
      : currentAudienceTemplateBody.safeParse({ metadataTemplate, ...validations });
  if (!reading.success) {
    const problems = reading.error.issues.map(({ path, message }) => problemOf(path.map(String), message));
    return { kind: 'unreadable', problems };
  }
  const template = { dialect, document: reading.data } as Written;
  const problems = checkTemplate(template, { plainHttp: 'anywhere' }).map(({ path, message }) =>
    problemOf(path, message),
  );
  return { kind: 'usable', template, problems };
}

/** Only fields that are there: null is Adobe's way to say that one is not. */
function pick(record: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(([name, value]) => names.includes(name) && value !== null),
  );
}

function problemOf(path: readonly (string | number)[], message: string): string {
  return `${printPath(path)}: ${message}`;
}
