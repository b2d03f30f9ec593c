/** What the log holds of an error: never its own properties, which may be headers, bodies or whatever a library keeps. */
export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

const longestMessage = 1_000;
const longestStack = 4_000;
const deepestCause = 4;

/** Name, message, code, stack and cause of whatever was thrown, each cut to a length. */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error))
    return { type: typeof error, message: 'something that is no Error was thrown' };
  const code = 'code' in error ? error.code : undefined;
  const isCode = typeof code === 'string' || typeof code === 'number';
  return {
    type: error.constructor.name,
    message: error.message.slice(0, longestMessage),
    ...(isCode && { code }),
    ...(error.stack !== undefined && { stack: error.stack.slice(0, longestStack) }),
    ...(error.cause !== undefined &&
      depth < deepestCause && { cause: describeError(error.cause, depth + 1) }),
  };
}
