import { GraphQLError } from 'graphql';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { BadCursor } from '../errors/bad-cursor';
import { DestinationFailed, DestinationUnkept } from '../errors/destination-error';
import { GatewayDiskFull, SharedStateUnavailable } from '../errors/gateway-state-error';
import { SegmentationError } from '../errors/segmentation-error';
import { UpstreamError, UpstreamInvalidResponse, UpstreamRateLimited } from '../errors/upstream-error';
import { quoteNoValues } from './quote-no-values';

/** For whom an error is put in words. */
export interface ErrorScope {
  readonly requestId: string;
  readonly log: Logger;
}

/** What clients see in `extensions.code`; any other code of ours is told as one of these. */
export const errorCodes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_INVALID_RESPONSE',
  'QUERY_TOO_COMPLEX',
  'DISK_FULL',
  'PERSISTED_QUERY_ONLY',
  'INTERNAL_SERVER_ERROR',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** The one table of codes: what an error of ours is called where it ends an operation. */
const codesByName: Readonly<Record<string, ErrorCode>> = {
  ...Object.fromEntries(errorCodes.map((code) => [code, code])),
  // A mutation makes userErrors of these; in a query it is an argument that was wrong.
  CONFLICT: 'BAD_USER_INPUT',
  UPSTREAM_REJECTED: 'BAD_USER_INPUT',
};

/** The protocol's own codes, which Apollo and GraphQL give and which pass as they are. */
export const protocolCodes = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_SUPPORTED',
] as const;

/** What a GraphQL error that is no error of ours may be called. */
const passedCodes: ReadonlySet<unknown> = new Set([
  ...protocolCodes,
  'BAD_USER_INPUT',
  'QUERY_TOO_COMPLEX',
  'PERSISTED_QUERY_ONLY',
  'RATE_LIMITED',
  'UNAUTHENTICATED',
]);

const maxMessageLength = 500;

/**
 * Whatever was thrown, as clients may see it: a stable code, a request id, and what is known of a failed upstream call.
 * What is not ours to tell (a bug, an engine's message, a stack) becomes INTERNAL_SERVER_ERROR and goes to the log.
 */
export function formatError(error: unknown, scope: ErrorScope): GraphQLFormattedError {
  const cause = rootCause(error);
  const { message, extensions } = describe(error, cause, scope);
  const located = error instanceof GraphQLError ? error : null;
  return {
    message: message.slice(0, maxMessageLength),
    ...(located?.locations && { locations: located.locations }),
    ...(located?.path && { path: located.path }),
    extensions: { ...extensions, requestId: scope.requestId },
  };
}

function describe(
  error: unknown,
  cause: unknown,
  scope: ErrorScope,
): { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> } {
  if (cause instanceof SegmentationError) {
    const code = codesByName[cause.code];
    noteForOperator(cause, scope);
    if (code !== undefined)
      return { message: cause.message, extensions: { code, ...furtherExtensions(cause) } };
  } else if (error instanceof GraphQLError && isProtocolError(error, cause)) {
    const known = [cause, error].find(
      (each) => each instanceof GraphQLError && passedCodes.has(each.extensions['code']),
    );
    const code = known instanceof GraphQLError ? known.extensions['code'] : 'BAD_USER_INPUT';
    return { message: quoteNoValues(error.message), extensions: { code } };
  }
  scope.log.error({ err: cause }, 'An operation failed for a reason of our own');
  return {
    message: 'Something went wrong inside the gateway. Quote the requestId when you report it.',
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  };
}

/** What clients hear less of than those who run the gateway need to know. */
function noteForOperator(cause: SegmentationError, { log }: ErrorScope): void {
  if (cause instanceof GatewayDiskFull || cause.cause instanceof GatewayDiskFull)
    log.error({ err: cause }, "The disk of the gateway's own state is full");
  if (!(cause instanceof UpstreamError) || cause.cause === undefined) return;
  if ((cause.status ?? 0) >= 500) log.warn({ err: cause }, 'The upstream failed');
  else if (cause instanceof UpstreamInvalidResponse)
    log.warn({ err: cause }, 'The upstream gave an answer that cannot be read');
}

/** What was thrown first: GraphQL and Apollo wrap errors in errors. */
function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError && cause.originalError !== cause)
    cause = cause.originalError;
  return cause;
}

/**
 * True where GraphQL itself refuses the request. An error with a path comes from the execution: only one that points at
 * the document (an argument's value) is about the request; the others are about what a resolver gave.
 */
function isProtocolError(error: GraphQLError, cause: unknown): boolean {
  if (!(cause instanceof GraphQLError)) return false;
  if (error.path === undefined) return error.extensions['code'] !== 'INTERNAL_SERVER_ERROR';
  return cause.path === undefined && (cause.nodes?.length ?? 0) > 0;
}

const stateFailure = { service: 'state', status: null, errorCode: null, title: null, requestId: null };

/** What a program may act on, beside the code. */
function furtherExtensions(error: SegmentationError): Readonly<Record<string, unknown>> {
  // A client that comes back with a cursor begins anew without it.
  if (error instanceof BadCursor) return { reason: 'BAD_CURSOR' };
  if (error instanceof DestinationFailed) {
    const upstream = {
      service: 'destination',
      status: error.status,
      errorCode: null,
      title: null,
      requestId: null,
    };
    return { upstream, ...(error.outcomeUnknown && { outcome: 'UNKNOWN' }) };
  }
  if (error instanceof DestinationUnkept)
    return {
      ...(error.cause instanceof SharedStateUnavailable && { upstream: stateFailure }),
      outcome: 'UNKNOWN',
    };
  if (error instanceof SharedStateUnavailable)
    return { upstream: stateFailure, ...(error.outcomeUnknown && { outcome: 'UNKNOWN' }) };
  if (!(error instanceof UpstreamError)) return {};
  const { service, status, errorCode, title, requestId } = error;
  return {
    upstream: { service, status, errorCode, title, requestId },
    ...(error instanceof UpstreamRateLimited && { retryAfterMs: error.retryAfterMs }),
    ...(error.outcomeUnknown && { outcome: 'UNKNOWN' }),
  };
}
