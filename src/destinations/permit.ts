import { isIP } from 'node:net';
import type { AllowedHost } from '../lib/allowed-host';
import { isPublicAddress } from './public-address';

/** Where a request may go, and to what addresses. */
export type Permit =
  | { readonly kind: 'granted'; readonly url: URL; readonly mayBePrivate: boolean }
  | { readonly kind: 'denied'; readonly message: string; readonly hint: string };

/** The same without words; `entry`: what the operator would have to name. */
export type Judgement =
  | { readonly kind: 'granted'; readonly url: URL; readonly mayBePrivate: boolean }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unnamed'; readonly entry: string }
  | { readonly kind: 'not-public'; readonly url: URL };

/** Decides whether the URL that a template makes may be called. */
export function permitTarget(text: string, allowed: readonly AllowedHost[]): Permit {
  const judgement = judgeTarget(text, allowed);
  switch (judgement.kind) {
    case 'granted':
      return judgement;
    case 'malformed':
      return denied(
        'The URL that the template makes is not one of https without a user.',
        'Mend the template.',
      );
    case 'unnamed':
      return denied(
        `This gateway may not send anything to ${judgement.entry}.`,
        operatorHint(judgement.entry),
      );
    case 'not-public':
      return deniedAddress(judgement.url);
  }
}

/**
 * Decides whether a URL may be called, before anything is looked up: https on port 443 to a host that the operator named,
 * and whatever else only to an exact `host:port` of his.
 */
export function judgeTarget(text: string, allowed: readonly AllowedHost[]): Judgement {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || hasUser(url))
    return { kind: 'malformed' };
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const isExact = allowed.some((host) => host.hostname === url.hostname && host.port === port);
  if (isExact) return { kind: 'granted', url, mayBePrivate: true };
  const isNamed = allowed.some((host) => host.hostname === url.hostname && host.port === null);
  const entry = url.protocol === 'https:' && port === 443 ? url.hostname : `${url.hostname}:${port}`;
  if (!isNamed || entry !== url.hostname) return { kind: 'unnamed', entry };
  const address = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !isPublicAddress(address)) return { kind: 'not-public', url };
  return { kind: 'granted', url, mayBePrivate: false };
}

/** A host whose name stands for an address within somebody's network. */
export function deniedAddress({ hostname }: URL): Permit & { readonly kind: 'denied' } {
  return denied(
    `${hostname} stands for an address that is not public, and nothing was sent.`,
    operatorHint(`${hostname}:443`),
  );
}

function hasUser({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

function operatorHint(entry: string): string {
  return `If it is meant, the operator of the gateway adds ${entry} to TEMPLATE_ALLOWED_HOSTS.`;
}

function denied(message: string, hint: string): Permit & { readonly kind: 'denied' } {
  return { kind: 'denied', message, hint };
}
