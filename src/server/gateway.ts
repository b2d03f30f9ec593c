import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { ServiceAccess } from '../credentials/service-access';
import { createAccessProofs } from '../datasources/access-proofs';
import { createDownloadLinks } from '../datasources/download-links';
import { createCaller, createSharedKeys } from '../datasources/caller';
import type { Caller } from '../datasources/caller';
import type { DownloadLinks } from '../datasources/download-links';
import { readCaller as readOwnCaller } from '../datasources/read-caller';
import type { CallerReader, DefaultCaller } from '../datasources/read-caller';
import { createRestClient } from '../datasources/rest-client';
import { createDestinations } from '../destinations/apply-template';
import { createSender } from '../destinations/send-request';
import { PortInUse } from '../errors/port-in-use';
import type { AllowedHost } from '../lib/allowed-host';
import { invariant } from '../lib/assert';
import { createTextSeal } from '../lib/text-seal';
import { systemTimers } from '../lib/timers';
import type { RunLease } from '../runs/run-fleet';
import type { CredentialSource, UpstreamMode } from '../schema/session.type';
import type { Backbone } from '../state/backbone/backbone';
import type { GatewayState } from '../state/open-gateway-state';
import { noTelemetry } from '../telemetry/telemetry';
import type { Telemetry } from '../telemetry/telemetry';
import { createJobWatchers } from '../subscriptions/create-job-watchers';
import { startApollo } from './apollo';
import { createCallbacks } from './callbacks';
import type { SharedParts } from './context';
import { toSubgraph } from './federation';
import { createGatewayRuns } from './gateway-runs';
import { createHttpServer } from './http';
import { createHttpStreams } from './http-streams';
import { createHostCheck } from './known-hosts';
import { createLimitRules } from './limits';
import { allowedOrigins } from './origins';
import type { MetricsAccess } from './metrics-route';
import { createOperationDoor } from './operation-door';
import { createReadiness } from './readiness';
import type { Readiness } from './readiness';
import { buildGatewaySchema } from './schema';
import { closeGateway } from './shutdown';
import type { PersistedDocuments } from './persisted-documents';
import type { Drain } from './shutdown';
import { attachSockets } from './sockets';
import { defaultPace } from './stream-pace';
import type { StreamPace } from './stream-pace';
import { traceResolvers } from './traced-resolvers';

export interface GatewayOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Origin under which clients reach the gateway, for download links; null: host and port. */
  readonly publicUrl: string | null;
  readonly upstream: { readonly url: string; readonly mode: UpstreamMode };
  /** Takes the place of missing caller headers; null: they are required. */
  readonly defaultCaller: DefaultCaller | null;
  /** The gateway's own credential, and who may use it; unless given, each caller's own goes upstream. */
  readonly service?: ServiceAccess | null;
  readonly telemetry?: Telemetry;
  /** The page of metrics; unless given, there is none. */
  readonly metrics?: MetricsAccess | null;
  readonly drain?: Drain;
  /** What the gateway itself remembers; whoever opened it closes it, after the gateway. */
  readonly state: GatewayState;
  /** What replicas share of what they watch; whoever opened it closes it, after the gateway. Unless given, nothing. */
  readonly backbone?: Backbone | null;
  /** Hosts that audience templates may be sent to; none unless told. */
  readonly templateHosts?: readonly AllowedHost[];
  /** Hosts of routers that subscriptions may call back, where federation is on; none unless told. */
  readonly callbackHosts?: readonly AllowedHost[];
  /** Introspection, Sandbox, GraphiQL, CORS for Apollo Studio. */
  readonly development: boolean;
  /** Origins whose pages may ask, e.g. `https://app.example.com`; none unless told. */
  readonly allowedOrigins?: readonly string[];
  /** How many subscriptions one caller may have at once, over all of his connections; 20,000 unless told. */
  readonly subscriptionsPerCaller?: number;
  /** How streams are kept alive and held to account; for tests, which cannot wait. */
  readonly pace?: Partial<StreamPace>;
  /** How replicas take over each other's audience runs; for tests, which cannot wait. */
  readonly runLease?: Partial<RunLease>;
  /** True: served as a subgraph of Apollo Federation, too. */
  readonly federation?: boolean;
  /** The only documents that run; null: any. */
  readonly persistedDocuments?: PersistedDocuments | null;
  /** Upstream calls a second that all watches together may make; left out: as many as they want. */
  readonly watchCallsPerSecond?: number;
  /** Seals download links and cursors; null: a random one, so that both end with the process. */
  readonly secret: string | null;
  /** What time it is for the upstream, where it may be another than the true one; for due times. */
  readonly now?: () => Date;
  readonly isReady: () => Readiness;
  readonly log: Logger;
}

export interface Gateway {
  /** Origin, e.g. `http://127.0.0.1:4000`; GraphQL is at `/graphql`. */
  readonly url: string;
  /** Ends subscriptions and requests, then lets go of everything; a second call waits for the first. */
  close(): Promise<void>;
}

/**
 * Starts the gateway in front of an upstream; resolves when it listens.
 *
 * @throws PortInUse where another process has the port.
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { log, development, defaultCaller } = options;
  const schema = buildGatewaySchema();
  const service = options.service ?? null;
  const telemetry = options.telemetry ?? noTelemetry;
  const readCaller: CallerReader = service?.readCaller ?? ((parts) => readOwnCaller(parts, defaultCaller));
  const pipeline = {
    schema: options.federation === true ? toSubgraph(schema) : schema,
    limitRules: createLimitRules({ introspection: development }),
    hideSuggestions: !development,
    persisted: options.persistedDocuments ?? null,
  };
  traceResolvers(pipeline.schema, telemetry.tracing);
  const graphql = await startApollo({ pipeline, development, log });
  const client = createRestClient({
    baseUrl: options.upstream.url,
    telemetry,
    ...(service && { credential: service.credential }),
    onJoined: (joined) => log.debug(joined, 'an identical read in flight has answered'),
    onUntold: (untold) => log.info(untold, 'the upstream refused in words that are not shown'),
  });
  const secret = options.secret ?? randomBytes(32).toString('base64url');
  const cursorSeal = createTextSeal(secret, 'cursors');
  const watchers = createJobWatchers({
    clock: () => new Date(),
    monotonicMs: () => performance.now(),
    seal: cursorSeal,
    backbone: options.backbone ?? null,
    topicKey: createSharedKeys(secret),
    ...(options.watchCallsPerSecond !== undefined && {
      budget: { callsPerSecond: options.watchCallsPerSecond },
    }),
    // Polls serve whoever watches then: they belong to no trace of one who began to.
    timers: { schedule: (...call) => telemetry.tracing.detached(() => systemTimers.schedule(...call)) },
    random: Math.random,
    log,
    statusWentBack: (kind) => telemetry.metrics.statusWentBack(kind),
  });
  const links = createLateLinks();
  const parts: Omit<SharedParts, 'runs'> = {
    client,
    cursorSeal,
    watchers,
    downloadLinks: links,
    access: createAccessProofs(() => performance.now()),
    state: options.state,
    destinations: createDestinations({
      send: createSender({ allowedHosts: options.templateHosts ?? [] }),
      audiences: options.state.externalAudiences,
      clock: () => new Date(),
    }),
    mode: options.upstream.mode,
    credential: credentialSource(options),
    tokenEndsAt: () => service?.credential.tokenEndsAt() ?? null,
    telemetry,
    now: options.now ?? (() => new Date()),
    monotonicMs: () => performance.now(),
    log,
  };
  const runs = createGatewayRuns(parts, (tenant) => ownCaller(options, tenant), options.runLease ?? {});
  const shared: SharedParts = { ...parts, runs };
  const subscriptionsPerCaller = options.subscriptionsPerCaller ?? defaultSubscriptionsPerCaller;
  const open = createOperationDoor({ pipeline, shared, subscriptionsPerCaller });
  const backboneIsUp = (): boolean | null => options.backbone?.isUp ?? null;
  let closing: Promise<void> | null = null;
  const isClosing = (): boolean => closing !== null;
  const isForUs = createHostCheck({
    ...options,
    lendsCaller: defaultCaller !== null || service?.isOpen === true,
  });
  const origins = allowedOrigins(options.allowedOrigins ?? [], development);
  const wallClock = (): Date => new Date();
  const pace = { ...defaultPace, ...options.pace };
  const streams = createHttpStreams(pace);
  const callbacks =
    options.federation === true ? createCallbacks({ allowedHosts: options.callbackHosts ?? [], pace }) : null;
  const { server, answers } = createHttpServer({
    pipeline,
    graphql,
    wallClock,
    open,
    streams,
    callbacks,
    shared,
    readCaller,
    development,
    origins,
    readiness: createReadiness({
      isClosing,
      isReady: options.isReady,
      upstreamUrl: options.upstream.url,
      credential: service?.credential ?? null,
      backboneIsUp,
      clock: shared.monotonicMs,
    }),
    metrics: options.metrics ?? null,
    isForUs,
  });
  const sockets = attachSockets(server, {
    open,
    shared,
    readCaller,
    origins,
    isForUs,
    wallClock,
    pace,
  });
  telemetry.metrics.observe({
    watching: () => watchers.stats(),
    sockets: sockets.count,
    backboneIsUp,
    circuits: () => client.circuits(),
  });
  void service?.credential.warmUp();
  await listen(server, options);
  const url = options.publicUrl ?? urlOf(server, options.host);
  links.become(createDownloadLinks({ publicUrl: url, secret, clock: () => new Date() }));
  await runs.resume();
  const drain = options.drain ?? defaultDrain;
  const close = async (): Promise<void> => {
    const fronts = { server, answers, sockets, streams, callbacks };
    await closeGateway({ ...fronts, runs, watchers, graphql, client, drain, log });
    await service?.credential.close();
  };
  return { url, close: () => (closing ??= close()) };
}

const defaultSubscriptionsPerCaller = 20_000;
const defaultDrain: Drain = { delayMs: 0, timeoutMs: 4_000 };

/** Who the gateway is where nobody asks it: for what goes on by itself. Null where each caller brings his own token. */
function ownCaller(
  { service, defaultCaller }: GatewayOptions,
  { orgId, sandbox }: Pick<Caller, 'orgId' | 'sandbox'>,
): Caller | null {
  if (service) return service.ownCaller({ orgId, sandbox });
  return defaultCaller && createCaller({ ...defaultCaller, orgId, sandbox });
}

function credentialSource({ service, upstream }: GatewayOptions): CredentialSource {
  if (service) return 'SERVICE';
  return upstream.mode === 'EMBEDDED' ? 'EMBEDDED' : 'PASS_THROUGH';
}

async function listen(server: Server, { port, host }: GatewayOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortInUse(port, host, { cause: error }) : error);
    });
    server.listen({ port, host, backlog: acceptQueue }, () => resolve());
  });
}

/** Connections that may wait to be taken: thousands come back at once. The system may allow fewer (somaxconn). */
const acceptQueue = 8_192;

/** An address that can be opened: nobody can open 0.0.0.0, which means every address of the machine. */
function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** Links hold the gateway's own address, which is known only once it listens: after the parts that make links. */
function createLateLinks(): DownloadLinks & { become(links: DownloadLinks): void } {
  let actual: DownloadLinks | null = null;
  const ready = (): DownloadLinks => {
    invariant(actual !== null, 'no request is served before the gateway listens');
    return actual;
  };
  return {
    become: (links) => {
      actual = links;
    },
    create: (caller, file) => ready().create(caller, file),
    open: (token) => ready().open(token),
  };
}
