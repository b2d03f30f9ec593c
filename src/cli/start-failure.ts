import type { Config } from '../config';
import { GatewayStateUnavailable } from '../errors/gateway-state-error';
import { PortInUse } from '../errors/port-in-use';
import { StoreUnavailable } from '../errors/platform-error';
import { SegmentationError } from '../errors/segmentation-error';

/**
 * Why the start failed, in one line that names the remedy. The rooms know no variables, so the variable is added here.
 * `config` is null where the configuration itself was at fault.
 */
export function explainStartFailure(error: unknown, config: Config | null): string {
  if (error instanceof PortInUse) {
    const variable = error.port === config?.gateway.port ? 'PORT' : 'PLATFORM_PORT';
    const free = error.port + 10 <= 65_535 ? error.port + 10 : 0;
    return `${error.message} (${variable}=${free} npm start)`;
  }
  if (error instanceof StoreUnavailable) return `${error.message} (DATA_DIR=/another/folder npm start)`;
  if (error instanceof GatewayStateUnavailable)
    return `${error.message} (GATEWAY_STATE_DIR=/another/folder npm start)`;
  if (error instanceof SegmentationError) return error.message;
  if (isListenFailure(error)) {
    return `Cannot listen on ${error.address ?? 'that address'}:${error.port ?? ''} (${error.code ?? 'refused'}). Set HOST and PORT to an address of this machine and a port above 1023.`;
  }
  return `A fault of its own stopped the start: ${error instanceof Error ? error.message : 'unknown'}. Please report it.`;
}

interface ListenFailure extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
}

function isListenFailure(error: unknown): error is ListenFailure {
  return (
    error instanceof Error &&
    'syscall' in error &&
    (error.syscall === 'listen' || error.syscall === 'getaddrinfo')
  );
}
