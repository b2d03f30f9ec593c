import type { z } from 'zod';

export interface BodyProblem {
  /** Dotted path of the field, `""` for the body itself. */
  readonly path: string;
  readonly message: string;
}

export type BodyReading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly BodyProblem[] };

/** Checks a request body against its validator; answers the typed body or every problem with its path. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): BodyReading<z.output<Schema>> {
  const result = schema.safeParse(body);
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
  }));
  return { ok: false, problems };
}
