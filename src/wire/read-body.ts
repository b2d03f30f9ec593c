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
  const result = schema.safeParse(body, { error: describeIssue });
  if (result.success) return { ok: true, value: result.data };
  const problems = result.error.issues.map((issue) => ({
    path: pathOf(issue).map(String).join('.'),
    message: issue.message,
  }));
  return { ok: false, problems };
}

/** A name that is refused is not told: it may be a secret that came to stand in its place. */
function pathOf({ code, path }: z.core.$ZodIssue): readonly PropertyKey[] {
  return code === 'invalid_key' ? path.slice(0, -1) : path;
}

/** Words that go on from the path of a field; a validator's own message comes before these. */
function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'must be there' : `must be of type ${issue.expected}`;
    case 'unrecognized_keys':
      return `must not hold ${issue.keys.join(', ')}`;
    case 'too_big':
      return `must be ${issue.maximum} at most`;
    case 'too_small':
      return `must be ${issue.minimum} at least`;
    case 'invalid_key':
      return `must not hold a name that breaks its rule: it ${issue.issues[0]?.message ?? 'is wrong'}`;
    default:
      return undefined;
  }
}
