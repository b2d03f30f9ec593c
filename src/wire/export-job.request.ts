import { z } from 'zod';
import { idText, schemaRef, timeText } from './common.request';

const membershipStatus = z.enum(['realized', 'existing', 'exited'], 'must be realized, existing or exited');

/** Comma-separated dotted paths; blank, or the placeholder `string` (quirk N18), means all (quirk S-10). Answers the list of paths. */
const fieldList = z
  .string()
  .max(16_384, 'must not be longer than 16384 characters')
  .transform((text) =>
    (text.trim() === 'string' ? '' : text)
      .split(',')
      .map((path) => path.trim())
      .filter((path) => path !== ''),
  )
  .refine(
    (paths) => paths.every((path) => path.split('.').every((part) => part !== '')),
    'must be dotted paths with commas between',
  );

const filterSegment = z.object({
  segmentId: idText,
  segmentNs: z.string().min(1).max(64).optional(),
  status: z
    .union([z.array(membershipStatus).min(1), membershipStatus])
    .transform((status) => (Array.isArray(status) ? status : [status]))
    .optional(),
});

const filterBody = z.object({
  segments: z.array(filterSegment).max(1500).optional(),
  segmentQualificationTime: z
    .object({ startTime: timeText.optional(), endTime: timeText.optional() })
    .optional(),
  fromIngestTimestamp: timeText.optional(),
  /** Alias (quirk N19). */
  fromTimestamp: timeText.optional(),
  emptyProfiles: z.boolean().optional(),
});

const eventListBody = z.object({
  fields: fieldList.optional(),
  filter: z
    .object({ fromIngestTimestamp: timeText.optional(), toIngestTimestamp: timeText.optional() })
    .optional(),
});

/** Both spellings are taken (quirk N1). */
const destinationBody = z
  .object({
    datasetId: idText.optional(),
    dataSetId: idText.optional(),
    segmentPerBatch: z.boolean().optional(),
  })
  .transform((body) => ({
    datasetId: body.datasetId ?? body.dataSetId ?? '',
    segmentPerBatch: body.segmentPerBatch ?? false,
  }))
  .refine((body) => body.datasetId !== '', 'must hold a datasetId');

/** POST /export/jobs */
export const newExportJobBody = z.object({
  fields: fieldList.optional(),
  mergePolicy: z.object({ id: idText, version: z.int().min(1).optional() }).optional(),
  filter: filterBody.optional(),
  additionalFields: z.object({ eventList: eventListBody.optional() }).optional(),
  destination: destinationBody,
  schema: schemaRef,
  evaluationInfo: z.object({ segmentation: z.boolean().optional() }).optional(),
});

export type NewExportJobBody = z.output<typeof newExportJobBody>;
