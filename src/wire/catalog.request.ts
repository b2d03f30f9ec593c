import { z } from 'zod';
import { longText, shortText } from './common.request';

const schemaRefBody = z.object({ id: shortText, contentType: shortText.optional() });
const tagsBody = z.record(z.string().max(255), z.array(z.string().max(1024)).max(100));

const fileDescriptionBody = z.object({
  persisted: z.boolean().optional(),
  containerFormat: shortText.optional(),
  format: shortText.optional(),
});

/** POST /dataSets */
export const newDatasetBody = z.object({
  name: shortText,
  description: longText.optional(),
  schemaRef: schemaRefBody.optional(),
  fileDescription: fileDescriptionBody.optional(),
  tags: tagsBody.optional(),
});

/** PATCH /dataSets/{id}: the part that changes; another schema would make its batches unreadable. */
export const datasetChangeBody = z.object({
  name: shortText.optional(),
  description: longText.optional(),
  tags: tagsBody.optional(),
});
