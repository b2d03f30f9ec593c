import { z } from 'zod';
import { idText, longText, nameText, shortText, withoutNulls } from './common.request';
import { audienceNamespaceOf } from './namespaces';
import { definitionFields } from './segment-definition.request';

/** Older documents say `active` for `published` (quirk N39). What is deleted is deleted by DELETE, and said so apart. */
const lifecycleState = z
  .enum(
    ['draft', 'published', 'inactive', 'archived', 'active'],
    'must be draft, published, inactive or archived',
  )
  .transform((state) => (state === 'active' ? 'published' : state));

const labels = z.array(z.string().min(1).max(255)).max(100);

const audienceType = z.enum(
  ['SegmentDefinition', 'ExternalAudience', 'ExternalSegment'],
  'must be SegmentDefinition or ExternalAudience',
);

const shared = {
  type: audienceType.optional(),
  lifecycleState: lifecycleState.optional(),
  labels: labels.optional(),
  namespace: shortText.transform(audienceNamespaceOf).optional(),
};

/** An audience that is a definition of ours. */
export const ruleAudienceBody = z.preprocess(withoutNulls, definitionFields.extend(shared));

/** An audience that was made elsewhere. */
export const externalAudienceBody = z.preprocess(
  withoutNulls,
  z.object({
    ...shared,
    name: nameText,
    audienceId: shortText.optional(),
    description: longText.optional(),
    originName: shortText.optional(),
    datasetId: idText.optional(),
    linkedAudienceRef: z.record(z.string().max(64), z.string().max(1024)).optional(),
  }),
);

export type ExternalAudienceBody = z.output<typeof externalAudienceBody>;

const operation = z.object({
  op: z.enum(['add', 'replace', 'remove'], 'must be add, replace or remove'),
  path: z.string().regex(/^(\/[^/]{1,64}){1,4}$/, 'must be a JSON pointer, as /expression'),
  value: z.unknown().optional(),
});

/** PATCH /audiences/{id}: JSON Patch, as a list or as one operation (quirk M8). */
export const audiencePatchBody = z
  .union([z.array(operation).min(1).max(100), operation], 'must be a list of operations')
  .transform((body) => (Array.isArray(body) ? body : [body]));

export type AudienceOperation = z.output<typeof operation>;
