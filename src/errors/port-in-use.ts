import { PlatformError } from './platform-error';

/** Another process listens on the port that a server was given. */
export class PortInUse extends PlatformError {
  readonly code = 'PORT_IN_USE';

  constructor(
    readonly port: number,
    readonly host: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`Port ${port} on ${host} is in use by another process. Stop it, or choose another port.`, options);
  }
}
