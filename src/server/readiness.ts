import { connect } from 'node:net';
import type { ServiceCredential } from '../credentials/service-credential';

/** Whether requests can be served for real; `reason` is for people. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/**
 * What /readyz answers. `degraded`: served, but what needs the upstream fails, or this replica follows jobs by itself.
 */
export interface ReadinessReport {
  readonly status: 'ready' | 'degraded' | 'not ready';
  /** Of what is wrong first. */
  readonly reason?: string;
  readonly checks: Readonly<Record<string, string>>;
}

export interface ReadinessParts {
  readonly isClosing: () => boolean;
  /** Of what the gateway was started with: its state, its demonstration data. */
  readonly isReady: () => Readiness;
  readonly upstreamUrl: string;
  readonly credential: ServiceCredential | null;
  /** Null: this process shares with nobody. */
  readonly backboneIsUp: () => boolean | null;
  /** Monotonic, ms. */
  readonly clock: () => number;
}

const unsharedReason = 'the backbone is down: this replica follows jobs by itself';

const connectMs = 1_000;
/** So long a look at the upstream is good. */
const goodForMs = 5_000;
const badForMs = 1_000;

/**
 * Looks whether the gateway can serve. An upstream that was never reached, or a service credential that never gave a
 * token, is a wrong setting: not ready, so that a roll-out stops there. One that was reached and is away is an outage:
 * the gateway stays in service (`degraded`), for it answers better than a load balancer without backends.
 */
export function createReadiness(parts: ReadinessParts): () => Promise<ReadinessReport> {
  const look = createLook(parts);
  let wasReached = false;
  let hadToken = false;
  return async () => {
    const own: Readiness = parts.isClosing()
      ? { ready: false, reason: 'the gateway is stopping' }
      : parts.isReady();
    const isReachable = await look();
    const tokenProblem = await tokenProblemOf(parts.credential);
    wasReached ||= isReachable;
    hadToken ||= tokenProblem === null;
    const isShared = parts.backboneIsUp();
    const checks = {
      gateway: own.ready ? 'ok' : own.reason,
      upstream: isReachable ? 'ok' : 'the upstream cannot be reached',
      ...(parts.credential !== null && { credential: tokenProblem ?? 'ok' }),
    };
    const [reason] = Object.values(checks).filter((said) => said !== 'ok');
    const shared = isShared === null ? checks : { ...checks, backbone: isShared ? 'up' : 'down' };
    if (reason === undefined) {
      if (isShared !== false) return { status: 'ready', checks: shared };
      return { status: 'degraded', reason: unsharedReason, checks: shared };
    }
    const canServe = own.ready && wasReached && hadToken;
    return { status: canServe ? 'degraded' : 'not ready', reason, checks: shared };
  };
}

async function tokenProblemOf(credential: ServiceCredential | null): Promise<string | null> {
  if (credential === null) return null;
  if (credential.problem() !== null) await credential.warmUp();
  return credential.problem();
}

/** Whether the upstream takes connections: no request is made, so it costs the upstream nothing. One look at a time. */
function createLook({ upstreamUrl, clock }: ReadinessParts): () => Promise<boolean> {
  const { hostname, port, protocol } = new URL(upstreamUrl);
  const target = {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port),
  };
  let last: { readonly isReachable: boolean; readonly untilMs: number } | null = null;
  let looking: Promise<boolean> | null = null;
  const look = async (): Promise<boolean> => {
    const isReachable = await takesConnections(target);
    last = { isReachable, untilMs: clock() + (isReachable ? goodForMs : badForMs) };
    looking = null;
    return isReachable;
  };
  return () => {
    if (last !== null && clock() < last.untilMs) return Promise.resolve(last.isReachable);
    return (looking ??= look());
  };
}

function takesConnections(target: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...target, timeout: connectMs });
    const settle = (isReachable: boolean): void => {
      socket.destroy();
      resolve(isReachable);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
