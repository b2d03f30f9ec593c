import { z } from 'zod';
import { schemaRef, withoutNulls } from './common.request';

/** Namespaces are written as `{"code": "…"}`; a bare code is taken too. */
const namespaceBody = z
  .union(
    [z.object({ code: z.string().min(1).max(255) }), z.string().min(1).max(255)],
    'must be {"code": "…"}',
  )
  .transform((namespace) => (typeof namespace === 'string' ? namespace : namespace.code));

const idText = z.string().min(1, 'must not be empty').max(1024, 'must not be longer than 1024 characters');

const identityBody = z.preprocess(
  withoutNulls,
  z.object({
    entityId: idText.optional(),
    entityIdNS: namespaceBody.optional(),
    relatedEntityId: idText.optional(),
    relatedEntityIdNS: namespaceBody.optional(),
    /** Where the events of this person go on. */
    start: z.string().max(2048).optional(),
  }),
);

const mostIdentities = 1000;

/** Epoch milliseconds. */
const timeNumber = z.number().nonnegative().max(1e15);

/** POST /access/entities. Source: contract §10.2. */
export const entitiesBody = z.preprocess(
  withoutNulls,
  z.object({
    schema: schemaRef,
    relatedSchema: schemaRef.optional(),
    identities: z
      .array(identityBody)
      .min(1, 'must name at least one identity')
      .max(mostIdentities, `must not name more than ${mostIdentities} identities`),
    fields: z.array(z.string().max(1024)).max(1000).optional(),
    mergePolicyId: z.string().max(64).optional(),
    timeFilter: z
      .preprocess(
        withoutNulls,
        z.object({ startTime: timeNumber.optional(), endTime: timeNumber.optional() }),
      )
      .optional(),
    limit: z.int().min(1).max(1000).optional(),
    orderby: z.string().max(64).optional(),
    orderBy: z.string().max(64).optional(),
    withCA: z.boolean().optional(),
  }),
);

export type EntitiesBody = z.output<typeof entitiesBody>;
