import { SegmentationError } from './segmentation-error';

/** Which of Adobe's APIs was asked; the words that clients see in `extensions.upstream.service`. `ims` gives tokens out. */
export type UpstreamService = 'segmentation' | 'catalog' | 'data-access' | 'destination-authoring' | 'ims';

/**
 * One complaint of an upstream answer. The place is that of a PQL error: UTF-16 offsets, line and column from 1; only
 * the embedded platform tells it.
 */
export interface UpstreamProblemItem {
  readonly code: string | null;
  /** The upstream's own words where they are plain (lib/plain-prose.ts); null where they are not shown. */
  readonly message: string | null;
  /** In the place of words that are not shown: those with what is not plain hidden, to recognise what it is about. */
  readonly heard?: string;
  readonly from?: number;
  readonly to?: number;
  readonly line?: number;
  readonly column?: number;
  readonly suggestion?: string;
}

/** What is known of a call that failed. Holds no URL, no body and no credential, so it may be shown as it is. */
export interface UpstreamFailure {
  readonly service: UpstreamService;
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** Adobe's own code, e.g. `UPAPI-113430-404` or `403010`. */
  readonly errorCode?: string | null;
  readonly title?: string | null;
  /** Adobe's id of the request, for its support. */
  readonly requestId?: string | null;
  readonly problems?: readonly UpstreamProblemItem[];
  /** What the upstream says went wrong, where its words are plain; stands in the message then. */
  readonly detail?: string | null;
  /** All its words, with what is not plain hidden: to recognise what it is about, never shown. */
  readonly heard?: string;
  /** True where a write was sent and its answer was lost: it may have been done. */
  readonly outcomeUnknown?: boolean;
}

/**
 * The upstream did not do what it was asked. Made in one place only, datasources/upstream-answer.ts; `code` is the one
 * that clients see where the error ends an operation.
 */
export abstract class UpstreamError extends SegmentationError {
  readonly service: UpstreamService;
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly title: string | null;
  readonly requestId: string | null;
  readonly problems: readonly UpstreamProblemItem[];
  readonly detail: string | null;
  readonly heard: string;
  readonly outcomeUnknown: boolean;

  constructor(message: string, failure: UpstreamFailure, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.service = failure.service;
    this.status = failure.status;
    this.errorCode = failure.errorCode ?? null;
    this.title = failure.title ?? null;
    this.requestId = failure.requestId ?? null;
    this.problems = failure.problems ?? [];
    this.detail = failure.detail ?? null;
    this.heard =
      failure.heard ?? [message, ...this.problems.map((item) => item.message ?? item.heard)].join(' ');
    this.outcomeUnknown = failure.outcomeUnknown ?? false;
  }
}

/** 401: no token, a bad one, or one past its time. */
export class UpstreamUnauthorized extends UpstreamError {
  override readonly code = 'UNAUTHENTICATED';
}

/** 403: the credential is known but may not do this. */
export class UpstreamForbidden extends UpstreamError {
  override readonly code = 'FORBIDDEN';
}

/** 404, 410, or an id that is missing in a bulk answer. */
export class UpstreamNotFound extends UpstreamError {
  override readonly code = 'NOT_FOUND';
}

/** 409 or 412: the record has changed or exists. */
export class UpstreamConflict extends UpstreamError {
  override readonly code = 'CONFLICT';
}

/** 400, 422 and other 4xx: the request is wrong; `problems` say where. */
export class UpstreamRejected extends UpstreamError {
  override readonly code = 'UPSTREAM_REJECTED';
}

/** 429. `retryAfterMs` is null where the upstream names no wait; at most one day. */
export class UpstreamRateLimited extends UpstreamError {
  override readonly code = 'RATE_LIMITED';
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    failure: UpstreamFailure & { readonly retryAfterMs: number | null },
    options?: { readonly cause?: unknown },
  ) {
    super(message, failure, options);
    this.retryAfterMs = failure.retryAfterMs;
  }
}

/** 5xx other than 500, or no connection. */
export class UpstreamUnavailable extends UpstreamError {
  override readonly code = 'UPSTREAM_UNAVAILABLE';
}

/** No whole answer within the deadline. */
export class UpstreamTimeout extends UpstreamError {
  override readonly code = 'UPSTREAM_TIMEOUT';
}

/** 500, a redirect, or a 2xx that is not the JSON it should be: the upstream is broken, or is not what we think it is. */
export class UpstreamInvalidResponse extends UpstreamError {
  override readonly code = 'UPSTREAM_INVALID_RESPONSE';
}

/** One member of an answer is not what it must be: it stands in each field that is read from it, and is told once. */
export class UpstreamMisread extends UpstreamInvalidResponse {}
