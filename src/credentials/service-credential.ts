import type { Logger } from 'pino';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { CallScope } from '../datasources/rest-call';
import type { CredentialHeaders, UpstreamCredential } from '../datasources/upstream-credential';
import { UpstreamTimeout, UpstreamUnauthorized, UpstreamUnavailable } from '../errors/upstream-error';
import type { UpstreamError } from '../errors/upstream-error';
import type { Telemetry } from '../telemetry/telemetry';
import { requestToken } from './token-request';
import type { ClientCredentials, TokenOutcome } from './token-request';
import { failToken, holdToken } from './token-state';
import type { HeldToken, TokenFailure } from './token-state';
import { waitWithin } from './wait-within';

export interface ServiceCredentialOptions {
  readonly client: ClientCredentials;
  /** Monotonic, ms. */
  readonly clock: () => number;
  /** The wall clock; only for times that are shown. */
  readonly now: () => Date;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly telemetry: Telemetry;
  readonly log: Logger;
}

/** The gateway's own credential. */
export interface ServiceCredential extends UpstreamCredential {
  /** Asks for the first token; answers whatever comes of it. */
  warmUp(): Promise<void>;
  /** Null where there is a token; else why there is none, for the operator. */
  problem(): string | null;
  /** When the token that is sent now ends; null where there is none. */
  tokenEndsAt(): Date | null;
  close(): Promise<void>;
}

/** A second refusal of a token so young is not the token's fault. */
const youngMs = 60_000;

/** Makes the credential of an OAuth server-to-server client. Nothing is asked for before somebody needs it. */
export function createServiceCredential(options: ServiceCredentialOptions): ServiceCredential {
  return new ClientCredential(options);
}

class ClientCredential implements ServiceCredential {
  private held: HeldToken | null = null;
  private failure: TokenFailure | null = null;
  private renewing: Promise<void> | null = null;
  private refusalToldAtMs = -Infinity;
  /** The `authorization` that the upstream has taken at least once. */
  private worked: string | undefined;
  /** A renewal did not help: until then only a token that is not young is renewed again. */
  private restsUntilMs = -Infinity;
  private readonly dispatcher: Dispatcher = new Agent({ connect: { timeout: 3_000 }, connections: 1 });

  constructor(private readonly options: ServiceCredentialOptions) {}

  /** The credential is lent to those alone who have said who they are; a link of another gateway has not. */
  async headersFor(scope: CallScope, timeoutMs: number): Promise<CredentialHeaders> {
    if (scope.caller.principal === undefined) throw notLent();
    const now = this.options.clock();
    if (this.held !== null && now < this.held.renewAtMs) return this.held.headers;
    if (this.held !== null && now < this.held.endsAtMs) {
      if (this.mayAsk()) void this.ask(false);
      return this.held.headers;
    }
    if (this.mayAsk()) {
      const waited = await waitWithin(this.ask(false), { signal: scope.signal, timeoutMs });
      if (waited !== 'done') throw notWaitedFor(waited);
    }
    if (this.held !== null && this.options.clock() < this.held.endsAtMs) return this.held.headers;
    throw toError(this.failure?.outcome);
  }

  async renew(refused: CredentialHeaders, scope: CallScope, timeoutMs: number): Promise<boolean> {
    const { held } = this;
    if (held !== null && held.headers.authorization !== refused.authorization) return true;
    if (held !== null && this.isBeyondRenewal(held)) return false;
    if (!this.mayAsk()) return false;
    const waited = await waitWithin(this.ask(true), { signal: scope.signal, timeoutMs });
    return waited === 'done' && this.held?.headers.authorization !== refused.authorization;
  }

  accepted({ authorization }: CredentialHeaders): void {
    this.worked = authorization;
  }

  blame(error: UpstreamUnauthorized): UpstreamError {
    this.restsUntilMs = this.options.clock() + youngMs;
    this.reportRefusal(error);
    const { service, status, errorCode, title, requestId } = error;
    return new UpstreamUnavailable(
      "The upstream refused the gateway's own credential (401). Whoever runs the gateway has to mend it; your own is good",
      { service, status, errorCode, title, requestId },
      { cause: error },
    );
  }

  async warmUp(): Promise<void> {
    if (this.held === null && this.mayAsk()) await this.ask(false);
  }

  problem(): string | null {
    if (this.held !== null && this.options.clock() < this.held.endsAtMs) return null;
    return this.failure === null ? 'the token service has not answered yet' : describe(this.failure.outcome);
  }

  tokenEndsAt(): Date | null {
    const leftMs = this.held === null ? -1 : this.held.endsAtMs - this.options.clock();
    return leftMs < 0 ? null : new Date(this.options.now().getTime() + leftMs);
  }

  close(): Promise<void> {
    return this.dispatcher.destroy();
  }

  /** A fresh token that never worked is not the one at fault; one that did has been revoked, and is renewed at once. */
  private isBeyondRenewal({ headers, heldSinceMs, isAfterRefusal }: HeldToken): boolean {
    const now = this.options.clock();
    const hasWorked = this.worked === headers.authorization && now >= this.restsUntilMs;
    return isAfterRefusal && now - heldSinceMs < youngMs && !hasWorked;
  }

  private mayAsk(): boolean {
    return (
      this.renewing !== null || this.failure === null || this.options.clock() >= this.failure.notBeforeMs
    );
  }

  /** One request for all who wait, whoever began it and whether or not he stays. */
  private ask(isAfterRefusal: boolean): Promise<void> {
    this.renewing ??= this.options.telemetry.tracing
      .detached(() => this.askOnce(isAfterRefusal))
      .finally(() => {
        this.renewing = null;
      });
    return this.renewing;
  }

  private async askOnce(isAfterRefusal: boolean): Promise<void> {
    const { client, clock, random, telemetry } = this.options;
    const askedAtMs = clock();
    const outcome = await requestToken(client, this.dispatcher);
    if (outcome.kind === 'token') {
      this.held = holdToken(outcome, { askedAtMs, apiKey: client.clientId, isAfterRefusal });
      this.failure = null;
      telemetry.metrics.tokenRenewed('renewed');
      return;
    }
    this.failure = failToken(outcome, { before: this.failure, nowMs: clock(), random: random() });
    telemetry.metrics.tokenRenewed(outcome.kind);
    this.report(this.failure);
  }

  /** Once a minute: every call fails of it. */
  private reportRefusal(error: UpstreamUnauthorized): void {
    const now = this.options.clock();
    if (now - this.refusalToldAtMs < youngMs) return;
    this.refusalToldAtMs = now;
    this.options.log.error(
      { err: error, service: error.service },
      `The upstream refuses the gateway's own token (401), also a fresh one. ${remedyOfRefusal}`,
    );
  }

  private report({ outcome, failures, notBeforeMs }: TokenFailure): void {
    const nextTryInMs = Math.round(notBeforeMs - this.options.clock());
    const facts = { failures, nextTryInMs };
    if (outcome.kind === 'refused') this.options.log.error(facts, `${describe(outcome)}. ${remedy}`);
    else this.options.log.warn(facts, describe(outcome));
  }
}

const remedy =
  'Compare AEP_CLIENT_ID, AEP_CLIENT_SECRET, AEP_SCOPES and AEP_TOKEN_URL with the project in the Developer Console';

const remedyOfRefusal =
  'Look whether the project of AEP_CLIENT_ID has the API, the product profile and the org (AEP_ORG_ID) that are asked for';

/** For the operator. */
function describe(outcome: Exclude<TokenOutcome, { kind: 'token' }>): string {
  if (outcome.kind === 'unavailable')
    return `the token service gives no token at the moment (${outcome.why})`;
  const code = outcome.error === null ? '' : ` ${outcome.error}`;
  return `the token service refuses the client credentials of this gateway (${String(outcome.status)}${code})`;
}

/** For clients, who can mend none of this. */
function toError(outcome: Exclude<TokenOutcome, { kind: 'token' }> | undefined): UpstreamError {
  if (outcome?.kind === 'refused') {
    const message =
      "The token service refuses the gateway's own credential. Whoever runs the gateway has to mend it; your own is good";
    return new UpstreamUnauthorized(message, {
      service: 'ims',
      status: outcome.status,
      errorCode: outcome.error,
    });
  }
  const message = 'The token service gives the gateway no token at the moment; try again later';
  return new UpstreamUnavailable(message, { service: 'ims', status: null });
}

function notWaitedFor(how: 'late' | 'abandoned'): UpstreamError {
  const message =
    how === 'late'
      ? 'The token service did not answer in time'
      : 'The token service was not waited for: the operation had ended';
  return new UpstreamTimeout(message, { service: 'ims', status: null });
}

function notLent(): UpstreamError {
  const message = 'The gateway lends its credential only to callers that it knows';
  return new UpstreamUnauthorized(message, { service: 'ims', status: null });
}
