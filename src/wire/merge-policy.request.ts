import { z } from 'zod';
import { idText, schemaRef, shortText } from './common.request';

/** Adobe's own examples send booleans as text (quirk N21). */
const flag = z.union(
  [z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')],
  'must be true or false',
);

/** Beside today's words those of 2018. */
const graphs: Readonly<Record<string, 'none' | 'pdg'>> = {
  none: 'none',
  None: 'none',
  pdg: 'pdg',
  'Private Graph': 'pdg',
};

const graphType = z
  .string()
  .refine((text) => Object.hasOwn(graphs, text), 'must be none or pdg')
  .transform((text) => graphs[text] ?? 'none');

const mergeType = z.enum(
  ['timestampOrdered', 'dataSetPrecedence'],
  'must be timestampOrdered or dataSetPrecedence',
);
const order = z.array(idText).max(1000);

const identityGraph = z.object({ type: graphType });
const attributeMerge = z.object({ type: mergeType.default('timestampOrdered'), order: order.optional() });

/** POST and PUT /config/mergePolicies; what the fields mean together is checked by the endpoint. */
export const newMergePolicyBody = z.object({
  name: shortText.optional(),
  schema: schemaRef,
  identityGraph,
  attributeMerge,
  isActiveOnEdge: flag.optional(),
  default: flag.optional(),
});

const op = z.enum(['add', 'replace'], 'must be add or replace');
const change = <Path extends string, Value extends z.ZodType>(
  paths: readonly [Path, ...Path[]],
  value: Value,
) => z.object({ op, path: z.literal(paths), value });

const operation = z.discriminatedUnion(
  'path',
  [
    change(['/name'], shortText),
    change(['/identityGraph'], identityGraph),
    change(['/identityGraph.type', '/identityGraph/type'], graphType),
    change(['/attributeMerge'], attributeMerge),
    change(['/attributeMerge.type', '/attributeMerge/type'], mergeType),
    change(['/attributeMerge.order', '/attributeMerge/order'], order),
    change(['/schema.name', '/schema/name'], shortText),
    change(['/default'], flag),
    // One of Adobe's documents misspells it.
    change(['/isActiveOnEdge', '/idActiveOnEdge'], flag),
    // Documented, though it is the platform that counts: taken and left aside.
    change(['/version'], z.union([z.number(), z.string()])),
  ],
  'must be /name, /schema.name, /identityGraph.type, /attributeMerge.type, /attributeMerge.order, /default or /isActiveOnEdge',
);

/** PATCH /config/mergePolicies/{id}: JSON Patch with dots inside a token, as a list or as one operation (quirk M8). */
export const mergePolicyPatchBody = z
  .union([z.array(operation).min(1).max(20), operation])
  .transform((body) => (Array.isArray(body) ? body : [body]));

export type MergePolicyBody = z.output<typeof newMergePolicyBody>;
export type MergePolicyOperation = z.output<typeof mergePolicyPatchBody>[number];
