import { z } from 'zod';
import { idText, longText, schemaRef, nameText, withoutNulls } from './common.request';

/** A pql/json tree takes many times the room of its text; the limit of texts is the compiler's. */
const longestValue = 1_048_576;

const expressionBody = z.object({
  type: z.literal('PQL', 'must be PQL'),
  format: z.enum(['pql/text', 'pql/json'], 'must be pql/text or pql/json'),
  value: z
    .string()
    .min(1, 'must not be empty')
    .max(longestValue, `must not be longer than ${longestValue} characters`),
  /** Kept as it is sent, and not read. */
  meta: z.string().max(longestValue, `must not be longer than ${longestValue} characters`).optional(),
});

const switchBody = z.object({ enabled: z.boolean() }).optional();

const evaluationInfoBody = z.object({ batch: switchBody, continuous: switchBody, synchronous: switchBody });

/** What POST takes; the bodies of audiences go on from here. */
export const definitionFields = z.object({
  name: nameText,
  description: longText.optional(),
  schema: schemaRef,
  expression: expressionBody,
  /** Nothing is said by "" either. */
  mergePolicyId: z.preprocess((id) => (id === '' ? undefined : id), idText.optional()).optional(),
  evaluationInfo: evaluationInfoBody.optional(),
  dataGovernancePolicy: z.object({ excludeOptOut: z.boolean() }).optional(),
  /** 0 in an example of PATCH: none. */
  ttlInDays: z.int().min(0).max(3650).optional(),
});

/** POST /segment/definitions */
export const newSegmentDefinitionBody = z.preprocess(withoutNulls, definitionFields);

/** POST /segment/conversion: like a definition. */
export const conversionBody = z.preprocess(
  withoutNulls,
  definitionFields.pick({ name: true, description: true, schema: true, expression: true, ttlInDays: true }),
);

/** PATCH /segment/definitions/{id}: any part of the POST body; read-only fields are dropped (quirk M8). */
export const segmentDefinitionChangeBody = z.preprocess(withoutNulls, definitionFields.partial());

export type NewSegmentDefinitionBody = z.output<typeof newSegmentDefinitionBody>;
export type SegmentDefinitionChangeBody = z.output<typeof segmentDefinitionChangeBody>;
