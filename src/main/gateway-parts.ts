import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config';
import { variables } from '../config-variables';
import { createServiceAccess } from '../credentials/service-access';
import type { ServiceAccess } from '../credentials/service-access';
import { parsePostgresUrl } from '../lib/postgres-url';
import { Secret } from '../lib/secret';
import { systemTimers } from '../lib/timers';
import type { MetricsAccess } from '../server/metrics-route';
import type { Backbone } from '../state/backbone/backbone';
import { createPostgresBackbone } from '../state/backbone/postgres-backbone';
import type { openGatewayState } from '../state/open-gateway-state';
import type { PostgresCertificates } from '../state/postgres-tls';
import { noMetrics } from '../telemetry/metrics';
import { startTracing } from '../telemetry/otlp-tracing';
import { createPrometheus } from '../telemetry/prometheus';
import type { Telemetry } from '../telemetry/telemetry';
import { VERSION } from '../version';

/** What watches the gateway, as it was asked for: counts, and traces. */
export async function startTelemetry({
  gateway,
}: Config): Promise<Telemetry & { readonly access: MetricsAccess | null }> {
  const { metrics, traces } = gateway;
  const tracing = await startTracing(traces === null ? null : { ...traces, version: VERSION });
  if (metrics === 'off') return { metrics: noMetrics, tracing, access: null };
  const prometheus = createPrometheus({ process: true });
  return { metrics: prometheus, tracing, access: { page: prometheus.page, readers: metrics } };
}

/** The gateway's own credential, and who may use it; null where each caller's own goes upstream. */
export function createService(
  { service }: Config,
  around: { readonly telemetry: Telemetry; readonly log: Logger },
): ServiceAccess | null {
  if (service === null) return null;
  const { clientId, clientSecret, scopes, tokenUrl, orgId, sandbox, sandboxes, callers } = service;
  const { jwt, keys, isOpen } = callers;
  return createServiceAccess({
    client: { clientId, clientSecret, scopes, tokenUrl },
    orgId,
    sandbox,
    sandboxes,
    jwt: jwt === null ? null : { ...jwt, keys: { url: jwt.jwksUrl } },
    keys,
    isOpen,
    ...around,
  });
}

/** What replicas share, and the way to it, which need not be there yet; null where this process shares with nobody. */
export function createBackbone(
  { gateway }: Config,
  {
    telemetry,
    log,
    certificates,
  }: { readonly telemetry: Telemetry; readonly log: Logger; readonly certificates: PostgresCertificates },
): Backbone | null {
  if (gateway.backboneUrl === null) return null;
  return createPostgresBackbone({
    url: gateway.backboneUrl,
    certificates,
    replica: randomUUID(),
    timers: systemTimers,
    random: Math.random,
    log: log.child(ofBackboneUrl),
    callFailed: (call) => telemetry.metrics.backboneFailed(call),
  });
}

/** Where the gateway's own state is: shared by all replicas where they share anything, else a folder of this process. */
export function stateOptions(
  { gateway }: Config,
  { log, certificates }: { readonly log: Logger; readonly certificates: PostgresCertificates },
): Parameters<typeof openGatewayState>[0] {
  if (gateway.backboneUrl === null) return { folder: gateway.stateDir };
  if (existsSync(join(gateway.stateDir, 'gateway.sqlite')))
    log.warn(
      { folder: gateway.stateDir },
      'with BACKBONE_URL the state is in its database: audience runs and ids of audiences that are in GATEWAY_STATE_DIR are not seen',
    );
  return {
    shared: {
      url: gateway.backboneUrl,
      certificates,
      timers: systemTimers,
      log: log.child(ofBackboneUrl),
    },
  };
}

/** The rooms know no variables; who reads that PostgreSQL is away must know where its address stands. */
const ofBackboneUrl = { variable: variables.backboneUrl.name };

/** What must not stand in the log, whoever quotes it. */
export function secretsOf({ gateway, service, platform }: Config): readonly Secret[] {
  return [
    ...(gateway.secret === null ? [] : [gateway.secret]),
    ...(gateway.backboneUrl === null ? [] : secretsOfUrl(gateway.backboneUrl)),
    ...(service === null ? [] : [service.clientSecret, ...service.callers.keys.map(({ key }) => key)]),
    ...platform.clients.map(({ secret }) => secret),
  ];
}

/** The address, and its password where that stands alone. */
function secretsOfUrl(address: Secret): readonly Secret[] {
  const { password } = new URL(parsePostgresUrl(address.reveal())?.url ?? 'postgres://none');
  const written = new Set([password, decodeURIComponent(password)].filter((text) => text.length >= 8));
  return [address, ...[...written].map((text) => new Secret(text))];
}
