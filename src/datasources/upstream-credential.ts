import type { UpstreamError, UpstreamUnauthorized } from '../errors/upstream-error';
import type { CallScope } from './rest-call';

/** The headers by which the upstream lets a call in. */
export interface CredentialHeaders {
  readonly authorization?: string;
  readonly 'x-api-key'?: string;
}

/** Whose credential goes upstream: the caller's own, or the gateway's. */
export interface UpstreamCredential {
  /**
   * The headers for one call.
   * @throws UpstreamError where there is no credential to be had within `timeoutMs`.
   */
  headersFor(scope: CallScope, timeoutMs: number): CredentialHeaders | Promise<CredentialHeaders>;
  /**
   * Told that the upstream answered 401 to these headers. True where others can be had, and the call is worth one more
   * attempt; also for a write, for a 401 means that nothing was done.
   */
  renew(refused: CredentialHeaders, scope: CallScope, timeoutMs: number): Promise<boolean>;
  /** Told that the upstream took these headers (2xx). */
  accepted(headers: CredentialHeaders): void;
  /** What a 401 is, of which no renewal has helped: the error as it is where the refused credential is the caller's. */
  blame(error: UpstreamUnauthorized): UpstreamError;
}

/** The caller's own token and key, which nobody but he can renew. */
export const passThrough: UpstreamCredential = {
  headersFor: ({ caller: { authorization, apiKey } }) => ({
    ...(authorization === undefined ? {} : { authorization }),
    ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
  }),
  renew: () => Promise.resolve(false),
  accepted: () => undefined,
  blame: (error) => error,
};
