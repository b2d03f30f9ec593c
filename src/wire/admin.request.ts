import { z } from 'zod';
import { timeText } from './common.request';

const yearMs = 366 * 86_400_000;
const isThisEra = (time: string): boolean => Math.abs(Date.parse(time) - Date.UTC(2026, 0)) < 100 * yearMs;

/** PUT /audience/admin/clock */
export const clockBody = z.union(
  [
    z.strictObject({ now: timeText.refine(isThisEra, 'must be within a hundred years') }),
    z.strictObject({
      advanceSeconds: z
        .int()
        .min((-100 * yearMs) / 1000)
        .max((100 * yearMs) / 1000),
    }),
  ],
  'must be {"now": "2026-11-21T00:00:00Z"} or {"advanceSeconds": 3600}, at most a hundred years off',
);

/** PUT /audience/admin/pace */
export const paceBody = z.strictObject({
  ms: z.int('must be a whole number of milliseconds').min(0).max(3_600_000, 'must be at most an hour'),
});

const times = z.int('must be a whole number').min(1, 'must be at least 1').max(1_000_000);

/** POST /audience/admin/failures */
export const failureBody = z.strictObject({
  job: z.enum(['segment', 'export'], 'must be segment or export'),
  code: z
    .string()
    .regex(/^[\w.:-]{1,64}$/, 'must be 1 to 64 letters, digits and .:-_')
    .optional(),
  message: z.string().min(1).max(1000).optional(),
  times: times.optional(),
});

/** POST /audience/admin/answers; one that says neither for how long nor how often lasts a minute. */
export const answerBody = z.strictObject({
  status: z.literal([429, 500, 503], 'must be 429, 500 or 503'),
  path: z
    .string()
    .max(1000)
    .regex(
      /^\/[\w./@-]*$/,
      'must be a path such as /data/core/ups/segment/jobs; all that lies below it is meant too',
    )
    .optional(),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], 'must be an HTTP method').optional(),
  retryAfterSeconds: z.int('must be a whole number').min(0).max(86_400).optional(),
  forSeconds: z.number().positive('must be more than 0').max(86_400, 'must be at most a day').optional(),
  times: times.optional(),
});
