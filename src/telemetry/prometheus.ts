import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { EndedOperation, EndedRequest, EndedUpstreamCall, GaugeSources, Metrics } from './metrics';

/** The page that Prometheus reads. */
export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
  /** Name and meaning of each metric. */
  list(): readonly { readonly name: string; readonly help: string }[];
}

const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counts in a registry of its own. Labels have few values, all of them the gateway's own words: no id, no org, no name
 * that a client chose.
 *
 * @param options `process`: also memory, processor time, event loop and garbage collection of this process, which can be
 * had once a process.
 */
export function createPrometheus(options: {
  readonly process: boolean;
}): Metrics & { readonly page: MetricsPage } {
  const registry = new Registry();
  const metrics = createMetrics(registry);
  if (options.process) collectDefaultMetrics({ register: registry });
  return {
    ...metrics,
    page: {
      contentType: registry.contentType,
      text: () => registry.metrics(),
      list: () => registry.getMetricsAsArray().map(({ name, help }) => ({ name, help })),
    },
  };
}

function createMetrics(registry: Registry): Metrics {
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[]): Histogram<L> =>
    new Histogram({ name, help, labelNames, buckets: requestSeconds, registers: [registry] });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const requests = counter('gateway_http_requests_total', 'HTTP requests that ended.', [
    ...(['route', 'method', 'status'] as const),
  ]);
  const requestTimes = histogram(
    'gateway_http_request_seconds',
    'From the first byte of a request to the last of its answer.',
    ['route'],
  );
  const operations = counter(
    'gateway_operations_total',
    'GraphQL operations that ended; `outcome` is ok or the code of the first error.',
    [...(['transport', 'type', 'outcome'] as const)],
  );
  const operationTimes = histogram('gateway_operation_seconds', 'Time of queries and mutations.', ['type']);
  const running = gauge(
    'gateway_operations_running',
    'GraphQL operations that run now, subscriptions among them.',
    [],
  );
  const calls = counter(
    'gateway_upstream_calls_total',
    'Requests that went upstream, retries among them; status `none`: no answer came.',
    [...(['service', 'method', 'status'] as const)],
  );
  const callTimes = histogram(
    'gateway_upstream_call_seconds',
    'Time of requests to the upstream; of a file, until its headers came.',
    ['service'],
  );
  const callsRunning = gauge(
    'gateway_upstream_calls_running',
    'Requests to the upstream that have no answer yet.',
    ['service'],
  );
  const retries = counter(
    'gateway_upstream_retries_total',
    'Calls that went out once more: after a fault, or with a new token (credential).',
    [...(['service', 'reason'] as const)],
  );
  const renewals = counter(
    'gateway_token_renewals_total',
    "Answers of the token service to the gateway's own credential.",
    ['outcome'],
  );
  const refused = counter(
    'gateway_callers_refused_total',
    'Requests and sockets whose caller was not let in.',
    ['code'],
  );
  const downloads = counter('gateway_download_bytes_total', 'Bytes of files that were passed on.', []);
  const wentBack = counter(
    'gateway_status_went_back_total',
    'Older statuses of a job that the upstream told after newer ones, and nobody was shown.',
    ['kind'],
  );
  const backboneFailures = counter(
    'gateway_backbone_failures_total',
    'Calls to the backbone that failed, or had no answer in time.',
    ['call'],
  );
  return {
    requestEnded: ({ route, method, status, durationMs }: EndedRequest) => {
      requests.inc({ route, method: methodLabel(method), status: statusLabel(status) });
      requestTimes.observe({ route }, durationMs / 1000);
    },
    operationStarted: () => running.inc(),
    operationEnded: ({ transport, type, outcome, durationMs }: EndedOperation) => {
      running.dec();
      operations.inc({ transport, type, outcome });
      if (type === 'query' || type === 'mutation') operationTimes.observe({ type }, durationMs / 1000);
    },
    upstreamCallStarted: (service) => callsRunning.inc({ service }),
    upstreamCallEnded: ({ service, method, status, durationMs }: EndedUpstreamCall) => {
      callsRunning.dec({ service });
      calls.inc({ service, method, status: statusLabel(status) });
      callTimes.observe({ service }, durationMs / 1000);
    },
    upstreamRetried: (service, reason) => retries.inc({ service, reason }),
    tokenRenewed: (outcome) => renewals.inc({ outcome }),
    callerRefused: (code) => refused.inc({ code }),
    downloaded: (sizeBytes) => downloads.inc(sizeBytes),
    statusWentBack: (kind) => wentBack.inc({ kind }),
    backboneFailed: (call) => backboneFailures.inc({ call }),
    observe: (sources) => addGauges(registry, sources),
  };
}

/** What is read at the moment when somebody asks. */
function addGauges(registry: Registry, { sockets, watching, circuits, backboneIsUp }: GaugeSources): void {
  const registers = [registry];
  const sampled = (name: string, help: string, read: () => number): void => {
    const own: Gauge = new Gauge({ name, help, registers, collect: () => own.set(read()) });
  };
  const sampledTotal = (name: string, help: string, read: () => number): void => {
    const collect = (): void => {
      own.reset();
      own.inc(read());
    };
    const own: Counter = new Counter({ name, help, registers, collect });
  };
  sampled('gateway_sockets', 'WebSockets that are open.', sockets);
  sampled('gateway_subscribers', 'Subscriptions to jobs that are open.', () => watching().subscribers);
  sampled('gateway_watched_jobs', 'Jobs that are followed.', () => watching().watchedJobs);
  sampledTotal('gateway_watch_polls_total', 'Reads of jobs to follow them.', () => watching().upstreamPolls);
  sampledTotal(
    'gateway_watch_polls_saved_total',
    'Reads that each subscriber would have made alone.',
    () => watching().pollsSaved,
  );
  const backbone: Gauge = new Gauge({
    name: 'gateway_backbone_up',
    help: 'Whether replicas share what they watch; 0: this one goes on by itself. Absent without `BACKBONE_URL`.',
    registers,
    collect: () => {
      const isUp = backboneIsUp();
      if (isUp === null) backbone.remove();
      else backbone.set(isUp ? 1 : 0);
    },
  });
  const states: Gauge<'service' | 'state'> = new Gauge({
    name: 'gateway_upstream_circuits',
    help: 'Circuits of a service by state; each org that was asked for lately has one.',
    labelNames: ['service', 'state'],
    registers,
    collect: () => {
      states.reset();
      for (const { service, state, count } of circuits()) states.set({ service, state }, count);
    },
  });
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function methodLabel(method: string): string {
  return methods.has(method) ? method : 'other';
}

/** What the other side may choose is held to what HTTP knows. */
function statusLabel(status: number | null): string {
  if (status === null) return 'none';
  return status >= 100 && status <= 599 ? String(status) : 'other';
}
