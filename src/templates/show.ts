import { toDocumentA, toDocumentB } from './convert';
import type { Dialect, Written } from './documents';
import { maskTemplate } from './mask';

/** A template in the model that is asked for, secrets included. */
export function inDialect(template: Written, dialect: Dialect): Written {
  return dialect === 'A'
    ? { dialect, document: toDocumentA(template) }
    : { dialect, document: toDocumentB(template) };
}

/**
 * A template in the model that is asked for, as it may be shown. It is masked before it changes models too, because
 * there a secret of `credential` may come to stand where nothing tells that it is one.
 */
export function showInDialect(template: Written, dialect: Dialect): Written['document'] {
  const masked = { dialect: template.dialect, document: maskTemplate(template) } as Written;
  return maskTemplate(inDialect(masked, dialect));
}
