import { GraphQLError } from 'graphql';
import type { GraphQLResolveInfo } from 'graphql';

/**
 * Errors of an operation that end no field: what was left out of a list stands in no place, so GraphQL itself would
 * forget to tell of it. Kept by the context of the operation, or of one event of a subscription.
 */
const errorsOf = new WeakMap<object, GraphQLError[]>();

/** Tells of something that was left out of the list that `info` is about. */
export function reportLeftOut(context: unknown, info: GraphQLResolveInfo, error: Error): void {
  if (typeof context !== 'object' || context === null) return;
  const located = new GraphQLError(error.message, {
    nodes: info.fieldNodes,
    path: pathOf(info),
    originalError: error,
  });
  errorsOf.set(context, [...(errorsOf.get(context) ?? []), located]);
}

/** The errors that an operation has collected; none is given twice. */
export function takePartialErrors(context: unknown): readonly GraphQLError[] {
  if (typeof context !== 'object' || context === null) return [];
  const errors = errorsOf.get(context) ?? [];
  errorsOf.delete(context);
  return errors;
}

/** A result with what its operation has collected beside it. */
export function withPartialErrors<T extends { readonly errors?: readonly GraphQLError[] | undefined }>(
  result: T,
  context: unknown,
): T {
  const partial = takePartialErrors(context);
  return partial.length === 0 ? result : { ...result, errors: [...(result.errors ?? []), ...partial] };
}

function pathOf(info: GraphQLResolveInfo): (string | number)[] {
  const steps: (string | number)[] = [];
  for (let step: GraphQLResolveInfo['path'] | undefined = info.path; step !== undefined; step = step.prev)
    steps.push(step.key);
  return steps.reverse();
}
