import { z } from 'zod';

/** POST /audience/reset */
export const resetBody = z.strictObject({
  scope: z.enum(['sandbox', 'everything'], 'must be sandbox or everything'),
});
