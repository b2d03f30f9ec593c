import { z } from 'zod';
import { schemaRef, shortText } from './common.request';

/** A name for what the job finds, by which the list can be filtered (`snapshot.name`). */
const snapshotBody = z.object({ name: shortText, ttlInDays: z.int().min(0).max(3650).optional() });

const segmentIdItem = z.object({ segmentId: z.string().min(1), snapshot: snapshotBody.optional() });

export const maxSegmentsPerJob = 1500;

const message =
  'must be [{"segmentId": "…"}, …] or {"schema": {"name": "…"}, "segments": [{"segmentId": "*"}]}';

/** POST /segment/jobs: a bare list of ids, or a schema with `*` for all. */
export const newSegmentJobBody = z
  .union(
    [z.array(segmentIdItem), z.object({ schema: schemaRef.optional(), segments: z.array(segmentIdItem) })],
    message,
  )
  .transform((body) => (Array.isArray(body) ? { segments: body } : body))
  .refine((body) => body.segments.length > 0, 'must name at least one segment')
  .refine(
    (body) => body.segments.length <= maxSegmentsPerJob,
    `must not name more than ${maxSegmentsPerJob} segments; use {"segmentId": "*"}`,
  )
  .refine(
    (body) => body.segments.length === 1 || body.segments.every((segment) => segment.segmentId !== '*'),
    'must hold "*" alone or not at all',
  );
