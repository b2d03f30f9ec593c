import { pino } from 'pino';
import { createGateway } from '../../src/server/gateway';
import type { Gateway, GatewayOptions } from '../../src/server/gateway';
import type { GatewayState } from '../../src/state/open-gateway-state';
import { startFakeUpstream } from './fake-upstream';
import { openTemporaryState } from './temporary-state';
import type { FakeUpstream, Reply, SeenCall } from './fake-upstream';

export const embeddedCaller = {
  authorization: 'Bearer embedded',
  apiKey: 'embedded',
  orgId: 'EMBEDDED@AdobeOrg',
  sandbox: 'prod',
} as const;

export interface StartedGateway {
  readonly gateway: Gateway;
  readonly upstream: FakeUpstream;
  /** What the gateway itself remembers. */
  readonly state: GatewayState;
  /** What the gateway has logged, one JSON line each. */
  readonly logLines: string[];
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

/** A whole gateway on a free port before an upstream that answers as it is told. */
export async function startGateway(
  answer: (call: SeenCall) => Reply | undefined,
  options: Partial<GatewayOptions> = {},
): Promise<StartedGateway> {
  const upstream = await startFakeUpstream(answer);
  const logLines: string[] = [];
  const log = pino({ level: 'info', base: null }, { write: (line: string) => void logLines.push(line) });
  const state = options.state ?? (await openTemporaryState());
  const gateway = await createGateway({
    state,
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    upstream: { url: upstream.url, mode: 'EMBEDDED' },
    defaultCaller: embeddedCaller,
    development: true,
    secret: null,
    isReady: () => ({ ready: true }),
    log,
    ...options,
    ...(options.upstream && { upstream: { ...options.upstream, url: options.upstream.url || upstream.url } }),
  });
  return {
    gateway,
    upstream,
    state,
    logLines,
    post: (body, headers = {}) =>
      fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    close: async () => {
      await gateway.close();
      if (options.state === undefined) await state.close();
      await upstream.close();
    },
  };
}
