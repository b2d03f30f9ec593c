import { z } from 'zod';
import { idPattern } from './common.wire';

/** Validators that several request bodies share. A validator drops fields that it does not name. */

export const idText = z.string().regex(idPattern, 'must be an id of letters, digits and hyphens');

export const shortText = z
  .string()
  .min(1, 'must not be empty')
  .max(255, 'must not be longer than 255 characters');

/** What people call a thing. */
export const nameText = shortText
  .refine((text) => text === '' || text.trim() !== '', 'must not be blank')
  .refine((text) => !/\p{Cc}/u.test(text), 'must not hold control characters');

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

const idList = z.array(z.union([idItem, z.string()]));

/**
 * `{"ids": [{"id": "…"}]}`; aepp posts the bare list, and its callers put the ids themselves into it. How many there may
 * be is the endpoint's own error.
 */
export const bulkGetBody = z
  .union([z.object({ ids: idList }), idList], 'must be {"ids": [{"id": "…"}]}')
  .transform((body) =>
    (Array.isArray(body) ? body : body.ids).map((item) => (typeof item === 'string' ? item : item.id)),
  );

/** Takes the members that are null out of an object: clients write so what they do not say (aepp's conversion). */
export function withoutNulls(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
