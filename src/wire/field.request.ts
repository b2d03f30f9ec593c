import { z } from 'zod';

const pathPattern = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*){0,19}$/u;

/** POST /audience/fields. The type is read by `xdm/type-text.ts`. */
export const newFieldBody = z.object({
  entity: z.enum(['profile', 'event'], 'must be profile or event'),
  path: z
    .string()
    .max(1000, 'must not be longer than 1000 characters')
    .regex(
      pathPattern,
      'must be names of letters, digits and "_" with dots between, as _acme.loyalty.points; PQL could spell no other',
    )
    .refine(
      (path) => !path.split('.').includes('__proto__'),
      'must not hold the name __proto__: it is taken',
    ),
  type: z.string().min(1, 'must not be empty').max(10_000, 'must not be longer than 10000 characters'),
});
