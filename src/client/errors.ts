import type { UserError } from './user-error';

/** What the gateway says of an error; docs/errors.md lists each with its cause and remedy. */
export type GatewayErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'RATE_LIMITED'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_INVALID_RESPONSE'
  | 'QUERY_TOO_COMPLEX'
  | 'DISK_FULL'
  | 'PERSISTED_QUERY_ONLY'
  | 'BAD_REQUEST'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'OPERATION_RESOLUTION_FAILURE'
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  | 'INTERNAL_SERVER_ERROR';

/**
 * What happened on this side of the gateway. NETWORK_ERROR: no answer came. INVALID_RESPONSE: what came is no GraphQL
 * answer. SOCKET_UNAVAILABLE: no WebSocket could be opened. SOCKET_CLOSED: it broke, and trying again did not help.
 * WAIT_TIMEOUT: the job had not ended when `timeoutMs` was over. CLIENT_CLOSED: `close()` was called.
 */
export type ClientErrorCode =
  | 'NETWORK_ERROR'
  | 'INVALID_RESPONSE'
  | 'SOCKET_UNAVAILABLE'
  | 'SOCKET_CLOSED'
  | 'WAIT_TIMEOUT'
  | 'CLIENT_CLOSED';

/** A code that a later gateway adds comes as it is. */
export type AudienceErrorCode = GatewayErrorCode | ClientErrorCode | (string & Record<never, never>);

/** One entry of `errors` in a GraphQL answer, as it came. */
export interface GraphqlErrorEntry {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The upstream call that failed, where there was one. */
export interface UpstreamFailure {
  readonly service: string | null;
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly title: string | null;
  readonly requestId: string | null;
}

interface AudienceErrorParts {
  readonly code: AudienceErrorCode;
  readonly message: string;
  readonly path?: readonly (string | number)[] | null;
  readonly requestId?: string | null;
  readonly retryAfterMs?: number | null;
  readonly upstream?: UpstreamFailure | null;
  readonly errors?: readonly GraphqlErrorEntry[];
  readonly data?: unknown;
  readonly cause?: unknown;
}

/** What ended an operation: for a user to see `message`, for a program to act on `code`, for a report `requestId`. */
export class AudienceError extends Error {
  override readonly name: string = 'AudienceError';
  readonly code: AudienceErrorCode;
  /** The field that failed; null where the whole operation did. */
  readonly path: readonly (string | number)[] | null;
  /** Stands in the gateway's log, and went upstream as `x-request-id`. */
  readonly requestId: string | null;
  /** Milliseconds until another try makes sense; null where nothing is known. */
  readonly retryAfterMs: number | null;
  readonly upstream: UpstreamFailure | null;
  /** Every error of the answer, as it came; the first one made this error. */
  readonly errors: readonly GraphqlErrorEntry[];
  /** What was answered beside the errors; null where nothing was. For WAIT_TIMEOUT: the job as it was seen last. */
  readonly data: unknown;

  constructor(parts: AudienceErrorParts) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = parts.code;
    this.path = parts.path ?? null;
    this.requestId = parts.requestId ?? null;
    this.retryAfterMs = parts.retryAfterMs ?? null;
    this.upstream = parts.upstream ?? null;
    this.errors = parts.errors ?? [];
    this.data = parts.data ?? null;
  }

  /** True where the same operation may well succeed later. */
  get isTransient(): boolean {
    return transientCodes.has(this.code);
  }
}

const transientCodes: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'NETWORK_ERROR',
  'SOCKET_CLOSED',
]);

/** `mutate` throws it where the gateway did not do what was asked, for reasons that the user can mend. */
export class AudienceUserErrors extends Error {
  override readonly name: string = 'AudienceUserErrors';

  constructor(
    /** At least one. */
    readonly userErrors: readonly UserError[],
    /** The whole answer, which may hold more. */
    readonly data: unknown,
  ) {
    super(userErrors.map(({ message }) => message).join(' '));
  }
}

/** Makes one error out of the errors of an answer. `errors` holds one at least. */
export function errorOfAnswer(
  errors: readonly GraphqlErrorEntry[],
  besides: {
    readonly data?: unknown;
    readonly requestId?: string | null;
    readonly retryAfterMs?: number | null;
  },
): AudienceError {
  const [first] = errors;
  const extensions = first?.extensions ?? {};
  const { code, requestId, retryAfterMs } = {
    code: extensions['code'],
    requestId: extensions['requestId'],
    retryAfterMs: extensions['retryAfterMs'],
  };
  return new AudienceError({
    code: typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR',
    message: first?.message ?? 'The gateway answered an error without words.',
    path: first?.path ?? null,
    requestId: typeof requestId === 'string' ? requestId : (besides.requestId ?? null),
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : (besides.retryAfterMs ?? null),
    upstream: (extensions['upstream'] as UpstreamFailure | undefined) ?? null,
    errors,
    data: besides.data,
  });
}
