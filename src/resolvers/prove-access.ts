import type { GatewayContext } from './context';

/**
 * To be awaited before anything is read or written in `context.state`: what the gateway keeps of an org and sandbox is
 * for those whom the upstream lets in there. One cheap GET a minute and caller.
 *
 * @throws UpstreamError as the upstream refuses this caller.
 */
export function proveAccess({ access, caller, sources }: GatewayContext): Promise<void> {
  return access.prove(caller, sources);
}
