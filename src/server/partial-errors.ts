import { GraphQLError } from 'graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { UpstreamMisread } from '../errors/upstream-error';

/**
 * Errors of an operation that end no field: what was left out of a list stands in no place, so GraphQL itself would
 * forget to tell of it. Kept by the context of the operation, or of one event of a subscription.
 */
const errorsOf = new WeakMap<object, GraphQLError[]>();

/**
 * Tells of something that was left out of the list that `info` is about, with words for which one it was; once, where the
 * same stands in two lists of one object, such as `nodes` and `edges`.
 */
export function reportLeftOut(context: unknown, info: GraphQLResolveInfo, error: Error, which = ''): void {
  if (typeof context !== 'object' || context === null) return;
  const path = pathOf(info);
  const told = toldOf.get(context) ?? new Map<Error, Set<string>>();
  const parents = told.get(error) ?? new Set();
  const parent = JSON.stringify(path.slice(0, -1));
  if (which !== '' && parents.has(parent)) return;
  toldOf.set(context, told.set(error, parents.add(parent)));
  const located = new GraphQLError(error.message, {
    nodes: info.fieldNodes,
    path,
    originalError: error instanceof UpstreamMisread ? named(error, which) : error,
  });
  errorsOf.set(context, [...(errorsOf.get(context) ?? []), located]);
}

/** Below which objects of an operation an error has been told. */
const toldOf = new WeakMap<object, Map<Error, Set<string>>>();

function named(error: UpstreamMisread, which: string): UpstreamMisread {
  const { service, status } = error;
  return new UpstreamMisread(`${error.message}${which}`, { service, status });
}

/** The errors that an operation has collected; none is given twice. */
export function takePartialErrors(context: unknown): readonly GraphQLError[] {
  if (typeof context !== 'object' || context === null) return [];
  const errors = errorsOf.get(context) ?? [];
  errorsOf.delete(context);
  toldOf.delete(context);
  return errors;
}

/** A result with what its operation has collected beside it. */
export function withPartialErrors<T extends { readonly errors?: readonly GraphQLError[] | undefined }>(
  result: T,
  context: unknown,
): T {
  const ended = result.errors ?? [];
  const errors = [...ended.filter(isToldFirst(ended)), ...takePartialErrors(context)];
  return errors.length === 0 ? result : { ...result, errors };
}

/**
 * For the errors that ended fields: one member that cannot be read may stand in several fields of an object, each of which
 * is null then, and is told at the first of them. Whatever else went wrong is told at each of its places.
 */
export function isToldFirst(errors: readonly GraphQLError[]): (_: unknown, index: number) => boolean {
  const told = new Map<UpstreamMisread, Set<string>>();
  const isFirst = errors.map((error) => {
    const misread = misreadOf(error);
    if (misread === null) return true;
    const object = JSON.stringify(error.path?.slice(0, -1));
    const objects = told.get(misread) ?? new Set();
    told.set(misread, objects);
    if (objects.has(object)) return false;
    objects.add(object);
    return true;
  });
  return (_, index) => isFirst[index] ?? true;
}

function misreadOf(error: GraphQLError): UpstreamMisread | null {
  let cause: unknown = error;
  while (cause instanceof GraphQLError) cause = cause.originalError;
  return cause instanceof UpstreamMisread ? cause : null;
}

function pathOf(info: GraphQLResolveInfo): (string | number)[] {
  const steps: (string | number)[] = [];
  for (let step: GraphQLResolveInfo['path'] | undefined = info.path; step !== undefined; step = step.prev)
    steps.push(step.key);
  return steps.reverse();
}
