import { z } from 'zod';
import { idText, longText, nameText, shortText } from './common.request';

const schemaRefBody = z.object({ id: shortText, contentType: shortText.optional() });
const tagsBody = z.record(z.string().max(255), z.array(z.string().max(1024)).max(100));
const anyObject = z.record(z.string(), z.unknown());
const count = z.number().int().min(0);

/** Other properties of a file description are kept as they are. */
const fileDescriptionBody = z.looseObject({
  persisted: z.boolean().optional(),
  containerFormat: shortText.optional(),
  format: z
    .enum(
      ['', 'csv', 'text', 'parquet', 'json', 'sequencefile', 'avro'],
      'must be csv, text, parquet, json, sequencefile, avro or ""',
    )
    .optional(),
});

/** A dataset as clients write it: POST and PUT, and what a PATCH makes. Properties that are not named here are kept. */
export const datasetBody = z.looseObject({
  name: nameText,
  description: longText.optional(),
  schemaRef: schemaRefBody.optional(),
  fileDescription: fileDescriptionBody.optional(),
  tags: tagsBody.optional(),
  enableErrorDiagnostics: z.boolean().optional(),
  observableSchema: anyObject.optional(),
});
export type DatasetBody = z.output<typeof datasetBody>;

/** Source: contract §14, OA-catalog. */
export const batchStatuses = [
  'processing',
  'success',
  'failure',
  'queued',
  'retrying',
  'stalled',
  'aborted',
  'abandoned',
  'inactive',
  'failed',
  'loading',
  'loaded',
  'staged',
  'active',
  'staging',
  'deleted',
] as const;

const relatedObjectBody = z.looseObject({
  type: z.enum(
    ['batch', 'dataSet', 'dataSetFile', 'dataSetView', 'transform'],
    'must be batch, dataSet, dataSetFile, dataSetView or transform',
  ),
  id: shortText,
});

/** A batch as clients write it. */
export const batchBody = z.looseObject({
  status: z.enum(batchStatuses, `must be one of ${batchStatuses.join(', ')}`),
  externalId: shortText.optional(),
  started: count.optional(),
  completed: count.optional(),
  recordCount: count.optional(),
  failedRecordCount: count.optional(),
  size: count.optional(),
  errors: z.array(anyObject).max(10_000).optional(),
  availableDates: z.looseObject({ startDate: count.optional(), endDate: count.optional() }).optional(),
  relatedObjects: z.array(relatedObjectBody).max(1000).optional(),
  metrics: anyObject.optional(),
  tags: tagsBody.optional(),
  inputFormat: anyObject.optional(),
  replay: z
    .looseObject({ predecessors: z.array(idText).max(1000).optional(), reason: longText.optional() })
    .optional(),
});

const needsValue = new Set(['add', 'replace', 'test']);

const operation = z
  .object({
    op: z.enum(
      ['add', 'remove', 'replace', 'move', 'copy', 'test'],
      'must be add, remove, replace, move, copy or test',
    ),
    path: z.string(),
    from: z.string().optional(),
    value: z.unknown().optional(),
  })
  .refine(({ op, value }) => !needsValue.has(op) || value !== undefined, {
    path: ['value'],
    message: 'must be there',
  });

/** JSON Patch, RFC 6902: a list, or one operation (quirk M8). */
export const jsonPatchBody = z
  .union([z.array(operation).max(1000), operation])
  .transform((body) => (Array.isArray(body) ? body : [body]));

/** A part of an object. */
export const partBody = anyObject;
