import { z } from 'zod';
import { idPattern } from './common.wire';

/** Validators that several request bodies share. A validator drops fields that it does not name. */

export const idText = z.string().regex(idPattern, 'must be an id of letters, digits and hyphens');

export const shortText = z
  .string()
  .min(1, 'must not be empty')
  .max(255, 'must not be longer than 255 characters');

export const longText = z.string().max(4096, 'must not be longer than 4096 characters');

/** RFC 3339 with a zone, as `2026-11-21T00:00:00Z`. */
export const timeText = z.string().refine(isRfc3339, 'must be an RFC 3339 time such as 2026-11-21T00:00:00Z');

function isRfc3339(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i.test(text) &&
    !Number.isNaN(Date.parse(text))
  );
}

/** Either is accepted (quirk N16); at least one is there. */
export const schemaRef = z
  .object({ name: shortText.optional(), id: shortText.optional() })
  .refine((ref) => ref.name !== undefined || ref.id !== undefined, 'must hold a name or an id');

const idItem = z.object({ id: z.string() });

/** `{"ids": [{"id": "…"}]}`; aepp posts the bare list. How many there may be is the endpoint's own error. */
export const bulkGetBody = z
  .union([z.object({ ids: z.array(idItem) }), z.array(idItem)], 'must be {"ids": [{"id": "…"}]}')
  .transform((body) => (Array.isArray(body) ? body : body.ids).map((item) => item.id));
