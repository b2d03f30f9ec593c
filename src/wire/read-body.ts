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
  const problems = result.error.issues.flatMap(plainIssues).map(({ path, message }) => ({
    path: path.map(String).join('.'),
    message,
  }));
  return { ok: false, problems };
}

/** A name that is refused is not told: it may be a secret that came to stand in its place. */
function pathOf({ code, path }: z.core.$ZodIssue): readonly PropertyKey[] {
  return code === 'invalid_key' ? path.slice(0, -1) : path;
}

const unspoken = 'must be of another form';

interface PlainIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What is wrong by the form that was meant, where several are allowed and the validator has no words for all of them. */
function plainIssues(issue: z.core.$ZodIssue): readonly PlainIssue[] {
  if (issue.code !== 'invalid_union' || issue.message !== unspoken)
    return [{ path: pathOf(issue), message: issue.message }];
  const meant = issue.errors.find((issues) => !issues.some(isOtherKind)) ?? issue.errors[0] ?? [];
  const plain = meant.flatMap(plainIssues);
  return plain.length === 0
    ? [issue]
    : plain.map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
}

/** True where the form is for another type of value altogether. */
function isOtherKind({ code, path }: z.core.$ZodIssue): boolean {
  return code === 'invalid_type' && path.length === 0;
}

/** What a bound counts, before and after the number. */
const holds: Readonly<Record<string, readonly [string, string]>> = {
  array: ['must have', ' item(s)'],
  string: ['must have', ' character(s)'],
};

/** Words that go on from the path of a field; a validator's own message comes before these. */
function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'must be there' : `must be of type ${issue.expected}`;
    case 'unrecognized_keys':
      return `must not hold ${issue.keys.join(', ')}`;
    case 'too_big':
      return `${holds[issue.origin]?.[0] ?? 'must be'} ${issue.maximum}${holds[issue.origin]?.[1] ?? ''} at most`;
    case 'too_small':
      return `${holds[issue.origin]?.[0] ?? 'must be'} ${issue.minimum}${holds[issue.origin]?.[1] ?? ''} at least`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'invalid_union':
      return unspoken;
    case 'invalid_key':
      return `must not hold a name that breaks its rule: it ${issue.issues[0]?.message ?? 'is wrong'}`;
    default:
      return undefined;
  }
}
