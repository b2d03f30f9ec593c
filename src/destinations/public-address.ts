import { parse } from 'ipaddr.js';

/**
 * True for an address of the public internet. Everything that has a use of its own is none: private, loopback,
 * link-local, carrier-grade NAT, documentation, multicast, and the IPv6 forms that carry an IPv4 address (mapped, NAT64,
 * 6to4, Teredo). Of IPv6 only what is handed out for the internet, 2000::/3, can be one.
 */
export function isPublicAddress(text: string): boolean {
  try {
    const address = parse(text);
    const isHandedOut = address.kind() === 'ipv4' || (address.toByteArray()[0] ?? 0) >> 5 === 1;
    return isHandedOut && address.range() === 'unicast';
  } catch {
    return false;
  }
}
