import type { Dialect, Written } from '../../templates/documents';
import { showInDialect } from '../../templates/show';
import type { AnyAudienceTemplateWire, AudienceTemplateWire } from '../../wire/audience-template.wire';
import type { AudienceTemplate } from '../records';

/** A stored template as it was written, secrets included. */
export function writtenTemplate({
  dialect = 'A',
  body,
}: Pick<AudienceTemplate, 'dialect' | 'body'>): Written {
  // The store keeps what the validator of `wire/` let through.
  return dialect === 'A' ? { dialect, document: body } : { dialect, document: body };
}

/** The answer about a template, literal secrets masked. */
export function audienceTemplateAnswer(
  template: AudienceTemplate,
  dialect: Dialect,
): AnyAudienceTemplateWire {
  return {
    instanceId: template.id,
    createdDate: isoMicroseconds(template.createdAt),
    lastModifiedDate: isoMicroseconds(template.updatedAt),
    ...(showInDialect(writtenTemplate(template), dialect) as Omit<AudienceTemplateWire, 'instanceId'>),
  };
}

function isoMicroseconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}
