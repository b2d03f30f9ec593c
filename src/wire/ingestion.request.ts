import { z } from 'zod';
import { idText } from './common.request';

/**
 * POST /data/foundation/import/batches. `isMultiLineJson`: one list of objects, or objects over many lines; without it one
 * object a line. The first row of CSV names the columns by XDM paths.
 */
export const openBatchBody = z.object({
  datasetId: idText,
  inputFormat: z.object({
    format: z.enum(['json', 'csv', 'parquet'], 'must be json, csv or parquet'),
    isMultiLineJson: z.boolean('must be true or false').optional(),
  }),
});

/** A plain file name: no folder, no leading dot. */
export const uploadNamePattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
