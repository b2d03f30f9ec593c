import { judgeTarget } from '../destinations/permit';
import type { AllowedHost } from '../lib/allowed-host';
import { isRecord } from '../lib/is-record';

/** Where a router wants to hear of a subscription, and how it knows that it is we who speak. */
export interface CallbackTarget {
  readonly url: URL;
  /** An exact `host:port` of the operator's may stand for an address within his network. */
  readonly mayBePrivate: boolean;
  readonly id: string;
  readonly verifier: string;
  /** 0: no signs of life are wanted. */
  readonly heartbeatMs: number;
}

export type TargetReading =
  | { readonly kind: 'target'; readonly target: CallbackTarget }
  | { readonly kind: 'refused'; readonly code: 'BAD_REQUEST' | 'FORBIDDEN'; readonly message: string };

export interface TargetRules {
  readonly allowedHosts: readonly AllowedHost[];
  readonly heartbeatFloorMs: number;
}

const longestUrl = 2_048;
const longestWord = 1_024;
/** What Apollo's own subgraphs take where a router names none. */
const defaultHeartbeatMs = 5_000;
const longestHeartbeatMs = 3_600_000;

/** True where an Accept header asks for callbacks. */
export function wantsCallback(accept = ''): boolean {
  return accept
    .toLowerCase()
    .split(',')
    .map((type) => type.replaceAll(/[\s"]/g, '').split(';'))
    .some(([type, ...parameters]) => type === 'application/json' && parameters.includes('callbackspec=1.0'));
}

/**
 * Reads `extensions.subscription` of a body, and asks the operator's rules whether its URL may be called.
 *
 * Source: https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/callback-protocol
 */
export function readTarget(body: unknown, rules: TargetRules): TargetReading {
  const extensions = isRecord(body) ? body['extensions'] : undefined;
  const asked = isRecord(extensions) ? extensions['subscription'] : undefined;
  if (!isRecord(asked)) return malformed('`extensions.subscription` must say where to call back.');
  const { callbackUrl, subscriptionId: id, verifier } = asked;
  if (!isWord(callbackUrl, longestUrl) || !isWord(id, longestWord) || !isWord(verifier, longestWord))
    return malformed('`callbackUrl`, `subscriptionId` and `verifier` must be texts.');
  const heartbeatMs = asked['heartbeatIntervalMs'] ?? defaultHeartbeatMs;
  if (!isHeartbeat(heartbeatMs, rules.heartbeatFloorMs))
    return malformed(
      `\`heartbeatIntervalMs\` must be 0, or ${String(rules.heartbeatFloorMs)} to ${String(longestHeartbeatMs)}.`,
    );
  const judgement = judgeTarget(callbackUrl, rules.allowedHosts);
  switch (judgement.kind) {
    case 'granted': {
      const { url, mayBePrivate } = judgement;
      return { kind: 'target', target: { url, mayBePrivate, id, verifier, heartbeatMs } };
    }
    case 'malformed':
      return malformed('`callbackUrl` must be a URL of http or https without a user.');
    case 'unnamed':
      return unnamed(judgement.entry, rules);
    case 'not-public':
      return forbidden(notPublicMessage(judgement.url));
  }
}

/** Words for a name that stands for an address within somebody's network. */
export function notPublicMessage({ hostname }: URL): string {
  return (
    `${hostname} stands for an address that is not public, and is not called back; if it is meant, the operator of ` +
    `the gateway adds ${hostname}:443 to SUBSCRIPTION_CALLBACK_HOSTS.`
  );
}

function unnamed(entry: string, { allowedHosts }: TargetRules): TargetReading {
  const none = 'This gateway calls no router back: SUBSCRIPTION_CALLBACK_HOSTS names no host';
  const others = `This gateway does not call ${entry} back`;
  const what = allowedHosts.length === 0 ? none : others;
  return forbidden(
    `${what}. If it is meant, its operator adds ${entry} to SUBSCRIPTION_CALLBACK_HOSTS; else let the router subscribe over graphql-transport-ws.`,
  );
}

function isWord(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longest;
}

function isHeartbeat(value: unknown, floorMs: number): value is number {
  if (typeof value !== 'number' || !Number.isInteger(value)) return false;
  return value === 0 || (value >= floorMs && value <= longestHeartbeatMs);
}

function malformed(message: string): TargetReading {
  return { kind: 'refused', code: 'BAD_REQUEST', message };
}

function forbidden(message: string): TargetReading {
  return { kind: 'refused', code: 'FORBIDDEN', message };
}
