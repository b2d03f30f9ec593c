import 'reflect-metadata';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { destination } from 'pino';
import type { Logger } from 'pino';
import { announcePlatform, withdrawPlatform } from './cli/data-directory';
import { decideOnDemo } from './cli/demo-choice';
import type { DemoWish } from './cli/demo-choice';
import { startProgress } from './cli/progress';
import { explainStartFailure } from './cli/start-failure';
import { firstSteps, startScreen } from './cli/start-screen';
import type { Config } from './config';
import { loadConfig } from './config';
import { ConfigError } from './errors/config-error';
import type { Platform } from './platform';
import { createPlatform } from './platform';
import type { Gateway } from './server/gateway';
import { createGateway } from './server/gateway';
import { createBackbone, createService, secretsOf, startTelemetry, stateOptions } from './main/gateway-parts';
import { readPersistedDocuments } from './main/read-persisted-documents';
import { readPostgresCertificates } from './main/read-postgres-certificates';
import { openGatewayState } from './state/open-gateway-state';
import type { GatewayState } from './state/open-gateway-state';
import type { PostgresCertificates } from './state/postgres-tls';
import { createLog } from './telemetry/log';

const embeddedCaller = {
  authorization: 'Bearer embedded',
  apiKey: 'embedded',
  orgId: 'EMBEDDED@AdobeOrg',
  sandbox: 'prod',
} as const;

const usage = `Usage: npm start -- [--no-demo | --demo] [--admin]
  --no-demo  start without the demonstration data; remembered for this data directory
  --demo     load the demonstration data although the directory was started without them
  --admin    let people move the platform's clock, plan failures and the like (docs/platform.md); as PLATFORM_ADMIN=on
Variables: see README.md, "Configuration".
`;

async function main(): Promise<void> {
  const given = readArguments(process.argv.slice(2));
  if (given === 'help') {
    process.stdout.write(usage);
    return;
  }
  const { wish, admin } = given;
  const config = loadConfig(admin ? { ...process.env, PLATFORM_ADMIN: 'on' } : process.env);
  const stderr = destination({ fd: 2, sync: true });
  const log = createLog({
    level: config.gateway.logLevel,
    write: (line) => void stderr.write(line),
    secrets: secretsOf(config),
  });
  const closing: (() => Promise<void>)[] = [];
  const stopping = new AbortController();
  stopOnSignals({ stopping, closing, mostMs: closingTimeMs(config) });
  try {
    await start({ config, wish, log, closing, signal: stopping.signal });
  } catch (error) {
    await closeAll(closing);
    if (!stopping.signal.aborted) fail(explainStartFailure(error, config));
  }
}

interface Start {
  readonly config: Config;
  readonly wish: DemoWish;
  readonly log: Logger;
  /** What to close, in reverse order of opening. */
  readonly closing: (() => Promise<void>)[];
  readonly signal: AbortSignal;
}

async function start({ config, wish, log, closing, signal }: Start): Promise<void> {
  const dataDir = resolve(config.platform.dataDir);
  const state = { ready: config.upstreamUrl !== null };
  const platform = config.upstreamUrl === null ? await openPlatform(config, dataDir, log, closing) : null;
  const certificates = await readPostgresCertificates(config.gateway.backboneUrl);
  const gatewayState = await openGatewayState(
    stateOptions(config, { log: log.child({ tower: 'gateway' }), certificates }),
  );
  closing.push(() => gatewayState.close());
  const gateway = await openGateway({
    config,
    state: gatewayState,
    certificates,
    upstreamUrl: config.upstreamUrl ?? platform?.url ?? '',
    now: () => new Date(platform === null ? Date.now() : platform.now()),
    log,
    closing,
    isReady: () => state.ready,
  });
  closing.push(() => gateway.close());
  process.stdout.write(
    startScreen({
      gatewayUrl: gateway.url,
      platform: platform === null ? null : { url: platform.url, dataDir },
      upstreamUrl: config.upstreamUrl,
      development: config.gateway.development,
    }),
  );
  if (platform !== null) await fillWithDemo(platform, dataDir, wish, signal);
  state.ready = true;
  process.stdout.write(firstSteps(gateway.url, platform !== null));
}

async function openPlatform(
  config: Config,
  dataDir: string,
  log: Logger,
  closing: Start['closing'],
): Promise<Platform> {
  const { port, jobPaceMs, memoryLimit, maxSchedules, clients, membershipDialect, admin } = config.platform;
  const platform = await createPlatform({
    dataDir,
    port,
    paceMs: jobPaceMs,
    memoryLimit,
    maxSchedules,
    clients: clients.map(({ id, secret }) => ({ id, secret: secret.reveal() })),
    membershipDialect,
    admin,
    log: log.child({ tower: 'platform' }),
  });
  closing.push(() => platform.close());
  await announcePlatform(dataDir, {
    url: platform.url,
    pid: process.pid,
    operatorKey: platform.operatorKey,
  });
  closing.push(() => withdrawPlatform(dataDir));
  return platform;
}

interface GatewayParts {
  readonly config: Config;
  readonly state: GatewayState;
  readonly certificates: PostgresCertificates;
  readonly upstreamUrl: string;
  readonly now: () => Date;
  readonly log: Logger;
  readonly isReady: () => boolean;
  readonly closing: Start['closing'];
}

async function openGateway(parts: GatewayParts): Promise<Gateway> {
  const { config, state, certificates, upstreamUrl, now, isReady } = parts;
  const embedded = config.upstreamUrl === null;
  const { persistedDocuments: persistedPath } = config.gateway;
  const log = parts.log.child({ tower: 'gateway' });
  const { access, ...telemetry } = await startTelemetry(config);
  parts.closing.push(() => telemetry.tracing.close());
  const backbone = createBackbone(config, { telemetry, log, certificates });
  if (backbone !== null) parts.closing.push(() => backbone.close());
  return createGateway({
    host: config.gateway.host,
    port: config.gateway.port,
    publicUrl: config.gateway.publicUrl,
    upstream: { url: upstreamUrl, mode: embedded ? 'EMBEDDED' : 'ADOBE' },
    defaultCaller: embedded ? embeddedCaller : null,
    service: createService(config, { telemetry, log }),
    telemetry,
    metrics: access,
    drain: config.gateway.drain,
    state,
    backbone,
    development: config.gateway.development,
    templateHosts: config.gateway.templateHosts,
    allowedOrigins: config.gateway.allowedOrigins,
    federation: config.gateway.federation,
    callbackHosts: config.gateway.callbackHosts,
    subscriptionsPerCaller: config.gateway.subscriptionsPerCaller,
    watchCallsPerSecond: config.gateway.watchCallsPerSecond,
    persistedDocuments: persistedPath === null ? null : await readPersistedDocuments(persistedPath),
    now,
    secret: config.gateway.secret?.reveal() ?? null,
    isReady: () =>
      isReady() ? { ready: true } : { ready: false, reason: 'the demonstration data are being loaded' },
    log,
  });
}

async function fillWithDemo(
  platform: Platform,
  dataDir: string,
  wish: DemoWish,
  signal: AbortSignal,
): Promise<void> {
  const decision = await decideOnDemo({ dataDir, wish, isLoaded: await platform.demo.isLoaded() });
  if (decision === 'declined')
    process.stdout.write('  Without demonstration data (npm start -- --demo loads them).\n');
  if (decision !== 'load') return;
  const line = startProgress(process.stderr, 'loading demonstration data');
  const counts = await platform.demo.load({
    onProgress: ({ done, total }) => line.update(done / total),
    signal,
  });
  line.done(
    `${counts.profiles.toLocaleString('en-US')} profiles, ${counts.events.toLocaleString('en-US')} events`,
  );
}

function readArguments(
  args: readonly string[],
): { readonly wish: DemoWish; readonly admin: boolean } | 'help' {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        demo: { type: 'boolean' },
        'no-demo': { type: 'boolean' },
        admin: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return 'help';
    if (values.demo === true && values['no-demo'] === true)
      throw new Error('--demo and --no-demo exclude each other');
    const wish = values.demo === true ? 'load' : values['no-demo'] === true ? 'decline' : 'as-before';
    return { wish, admin: values.admin === true };
  } catch (error) {
    throw new ConfigError([
      { name: 'Arguments', message: `not understood: ${(error as Error).message}. See npm start -- --help` },
    ]);
  }
}

/** The first signal stops cleanly; a second one, or the time that closing may take, ends the process at once. */
function stopOnSignals({
  stopping,
  closing,
  mostMs,
}: {
  readonly stopping: AbortController;
  readonly closing: Start['closing'];
  readonly mostMs: number;
}): void {
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
    process.stderr.write('\n  Stopping …\n');
    setTimeout(() => process.exit(1), mostMs).unref();
    void closeAll(closing).then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** Draining, and six seconds for all that is closed after it. */
function closingTimeMs({ gateway }: Config): number {
  return gateway.drain.delayMs + gateway.drain.timeoutMs + 6_000;
}

async function closeAll(closing: Start['closing']): Promise<void> {
  for (let close = closing.pop(); close !== undefined; close = closing.pop()) await close();
}

function fail(line: string): never {
  process.stderr.write(`audience-gateway: ${line}\n`);
  process.exit(1);
}

main().catch((error: unknown) => fail(explainStartFailure(error, null)));
