import { z } from 'zod';

/** Names that mean the profile class; OA's default is the second. */
const models = ['_xdm.context.profile', 'xdm.model.profile'];

/**
 * POST /preview. `mergeStrategy` of the oldest document is ignored, its graph `simple` is `none` (quirk S-8).
 * Source: contract §8.
 */
export const newPreviewBody = z.object({
  predicateExpression: z.string().min(1, 'must not be empty'),
  predicateType: z.enum(['pql/text', 'pql/json', 'PQL'], 'must be pql/text or pql/json').default('pql/text'),
  predicateModel: z
    .string()
    .refine((name) => models.includes(name), `must be ${models.join(' or ')}`)
    .optional(),
  graphType: z
    .enum(['none', 'pdg', 'simple'], 'must be none or pdg')
    .transform((graph) => (graph === 'simple' ? 'none' : graph))
    .optional(),
});
