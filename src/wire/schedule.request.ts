import { z } from 'zod';
import { idText, nameText } from './common.request';

const state = z.enum(['active', 'inactive'], 'must be active or inactive');
const cron = z.string().min(1).max(255);

/** `["*"]` for all, or ids; required for batch_segmentation. Adobe's list example shows `[]` as the properties. */
const propertiesBody = z.union(
  [
    z.object({
      segments: z
        .array(z.union([z.literal('*'), idText]))
        .max(1500)
        .optional(),
    }),
    z
      .array(z.unknown())
      .max(0)
      .transform(() => ({ segments: undefined })),
  ],
  'must be {"segments": ["*"]} or {"segments": ["<id>", …]}',
);

/** POST /config/schedules; the cron text is checked by the endpoint. */
export const newScheduleBody = z
  .object({
    name: nameText,
    type: z.enum(['batch_segmentation', 'export'], 'must be batch_segmentation or export'),
    properties: propertiesBody,
    schedule: cron.optional(),
    state: state.optional(),
  })
  .refine((body) => body.type !== 'batch_segmentation' || (body.properties.segments ?? []).length > 0, {
    path: ['properties', 'segments'],
    message: 'must name at least one segment, or ["*"]',
  });

const operation = z.discriminatedUnion(
  'path',
  [
    z.object({
      op: z.enum(['add', 'replace'], 'must be add or replace'),
      path: z.literal('/state'),
      value: state,
    }),
    z.object({
      op: z.enum(['add', 'replace'], 'must be add or replace'),
      path: z.literal('/schedule'),
      value: cron,
    }),
  ],
  'must be /state or /schedule',
);

/** PATCH /config/schedules/{id}: JSON Patch, as a list or as one operation (quirks M8, M9). */
export const schedulePatchBody = z
  .union(
    [z.array(operation).min(1).max(20), operation],
    'must be [{"op": "add", "path": "/state" or "/schedule", "value": "…"}]',
  )
  .transform((body) => (Array.isArray(body) ? body : [body]));

export type SchedulePatchBody = z.output<typeof schedulePatchBody>;
