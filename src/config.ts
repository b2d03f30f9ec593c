import { join } from 'node:path';
import { secretNames, variables } from './config-variables';
import type { LogLevel, Variable } from './config-variables';
import type { ConfigProblem } from './errors/config-error';
import { ConfigError } from './errors/config-error';
import type { AllowedHost } from './lib/allowed-host';
import { Secret } from './lib/secret';
import { readServiceConfig } from './config/service-config';
import type { ServiceConfig } from './config/service-config';

/** What the process is to do, complete and checked. Each room gets only its own slice. */
export interface Config {
  readonly gateway: {
    readonly host: string;
    readonly port: number;
    /** Origin under which clients reach the gateway, for download links; null: `http://host:port`. */
    readonly publicUrl: string | null;
    /** True unless NODE_ENV=production: introspection, Sandbox, GraphiQL and CORS for Apollo Studio. */
    readonly development: boolean;
    /** Seals download links and cursors; null: a random one for this process. */
    readonly secret: Secret | null;
    /** PostgreSQL by which replicas share what they watch; null: this process shares with nobody. */
    readonly backboneUrl: Secret | null;
    /** Folder of the gateway's own state. */
    readonly stateDir: string;
    readonly templateHosts: readonly AllowedHost[];
    /** Whose pages may ask, besides the gateway's own. */
    readonly allowedOrigins: readonly string[];
    /** True: a subgraph of Apollo Federation, too. */
    readonly federation: boolean;
    /** Hosts of routers that subscriptions may call back. */
    readonly callbackHosts: readonly AllowedHost[];
    /** File of the only documents that run; null: any may. */
    readonly persistedDocuments: string | null;
    readonly subscriptionsPerCaller: number;
    /** Upstream calls by which jobs are followed. */
    readonly watchCallsPerSecond: number;
    readonly logLevel: LogLevel;
    /** Who may read the metrics. */
    readonly metrics: 'loopback' | 'on' | 'off';
    /** How the gateway closes, in ms: first it serves on while it says that it is not ready, then it waits. */
    readonly drain: { readonly delayMs: number; readonly timeoutMs: number };
    /** Where traces go; null: there are none. */
    readonly traces: {
      readonly endpoint: string;
      readonly share: number;
      readonly serviceName: string;
    } | null;
  };
  /** Null: each caller's own token goes upstream. */
  readonly service: ServiceConfig | null;
  /** Null: the embedded platform. */
  readonly upstreamUrl: string | null;
  readonly platform: {
    readonly port: number;
    readonly dataDir: string;
    /** Rest between two steps of a job, in milliseconds. */
    readonly jobPaceMs: number;
    readonly memoryLimit: string;
    /** Schedules in one sandbox. */
    readonly maxSchedules: number;
    /** Who may have tokens of the embedded platform; where any are named, only such tokens are taken. */
    readonly clients: readonly { readonly id: string; readonly secret: Secret }[];
    /** Statuses of membership that answers know: `three`, or `two` without `existing`. */
    readonly membershipDialect: 'three' | 'two';
    /** Settings for trials by HTTP. */
    readonly admin: boolean;
  };
}

/**
 * Reads the configuration from a map of variables; pure.
 * @throws ConfigError naming every variable that is wrong, and every `AEP_…`, `AUTH_…` or `PLATFORM_…` variable that does not exist.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: ConfigProblem[] = [];
  const read = <T>({ name, fallback, type, description }: Variable<T>): T => {
    const given = env[name] ?? '';
    const result = type.safeParse(given === '' ? fallback : given);
    if (result.success) return result.data;
    const shown = secretNames.includes(name) ? 'not usable' : `"${given}"`;
    problems.push({ name, message: `is ${shown}, but should be: ${description}` });
    return undefined as T; // never seen: a problem throws below
  };
  const [host, upstreamUrl, otlpEndpoint] = [
    read(variables.host),
    read(variables.upstreamUrl),
    read(variables.otlpEndpoint),
  ];
  const config: Config = {
    gateway: {
      host,
      port: read(variables.port),
      publicUrl: read(variables.publicUrl),
      development: read(variables.nodeEnv) !== 'production',
      secret: secretOrNull(read(variables.secret)),
      backboneUrl: read(variables.backboneUrl),
      stateDir: read(variables.stateDir) || join(read(variables.dataDir), 'gateway'),
      templateHosts: read(variables.templateHosts),
      allowedOrigins: read(variables.allowedOrigins),
      federation: read(variables.federation),
      callbackHosts: read(variables.callbackHosts),
      persistedDocuments: read(variables.persistedDocuments) || null,
      subscriptionsPerCaller: read(variables.subscriptionsPerCaller),
      watchCallsPerSecond: read(variables.watchCallsPerSecond),
      logLevel: read(variables.logLevel),
      metrics: read(variables.metrics),
      drain: { delayMs: read(variables.drainDelayMs), timeoutMs: read(variables.drainTimeoutMs) },
      traces: readTraces(otlpEndpoint, {
        share: read(variables.traceShare),
        serviceName: read(variables.serviceName),
      }),
    },
    upstreamUrl,
    service: readServiceConfig(read, { host, upstreamUrl, problems }),
    platform: {
      port: read(variables.platformPort),
      dataDir: read(variables.dataDir),
      jobPaceMs: read(variables.jobPaceMs),
      memoryLimit: read(variables.memoryLimit),
      maxSchedules: read(variables.maxSchedules),
      clients: read(variables.clients),
      membershipDialect: read(variables.membershipDialect),
      admin: read(variables.admin),
    },
  };
  if (problems.length === 0 && sharesPort(config)) {
    problems.push({
      name: 'PLATFORM_PORT',
      message: `is ${config.platform.port}, the gateway's own PORT; set another one`,
    });
  }
  if (config.platform.admin && config.upstreamUrl !== null) {
    problems.push({
      name: variables.admin.name,
      message: `is on, but AEP_UPSTREAM_URL is set, and it is for the embedded platform alone; unset one of them`,
    });
  }
  if (problems.length === 0 && config.gateway.backboneUrl !== null && config.gateway.secret === null) {
    problems.push({
      name: variables.secret.name,
      message: `is not set, but ${variables.backboneUrl.name} is: replicas know each other's cursors and topics only under the same secret; set one of at least 32 characters, the same for all replicas`,
    });
  }
  problems.push(...unknownVariables(env), ...renamedVariables(env));
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config);
}

function readTraces(
  endpoint: string | null,
  given: { readonly share: number; readonly serviceName: string },
): Config['gateway']['traces'] {
  return endpoint === null || endpoint === undefined ? null : { endpoint, ...given };
}

function sharesPort({ upstreamUrl, gateway, platform }: Config): boolean {
  return upstreamUrl === null && gateway.port !== 0 && gateway.port === platform.port;
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): ConfigProblem[] {
  const known = new Set(Object.values(variables).map(({ name }) => name));
  return Object.keys(env)
    .filter((name) => /^(AEP|AUTH|PLATFORM)_/.test(name) && !known.has(name))
    .map((name) => ({
      name,
      message: `is not a variable of the gateway; known are ${[...known].join(', ')}`,
    }));
}

/** To go on without a word would make links and cursors that no other replica takes. */
function renamedVariables(env: Readonly<Record<string, string | undefined>>): ConfigProblem[] {
  return Object.entries(formerNames)
    .filter(([name]) => env[name] !== undefined)
    .map(([name, now]) => ({ name, message: `is now ${now}, which seals cursors too; rename it` }));
}

const formerNames = { DOWNLOAD_LINK_SECRET: variables.secret.name };

function secretOrNull(value: string): Secret | null {
  return value === '' || value === undefined ? null : new Secret(value);
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value))
    if (typeof child === 'object' && child !== null) deepFreeze(child as object);
  return Object.freeze(value);
}
