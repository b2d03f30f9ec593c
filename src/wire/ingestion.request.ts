import { z } from 'zod';
import { idText } from './common.request';

/** POST /data/foundation/import/batches: only newline-delimited JSON is taken. */
export const openBatchBody = z.object({
  datasetId: idText,
  inputFormat: z.object({
    format: z.literal('json', 'must be json: one XDM object a line'),
    isMultiLineJson: z.literal(false, 'must be false: one XDM object a line').optional(),
  }),
});

/** A plain file name: no folder, no leading dot. */
export const uploadNamePattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
