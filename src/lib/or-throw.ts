/** A value that may be the error that stands in its place. @throws that error. */
export function orThrow<T>(value: T | Error): T {
  if (value instanceof Error) throw value;
  return value;
}
