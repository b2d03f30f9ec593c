import { z } from 'zod';
import { parseAllowedHosts } from './lib/allowed-host';
import {
  httpAddress,
  httpOrigin as httpUrl,
  isHttpOrigin,
  keyList,
  listOf,
  postgresAddress,
  secretText,
  trustedAddress,
  wholeNumber,
} from './config-variables/value-types';
import { Secret } from './lib/secret';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Variable<T> {
  readonly name: string;
  /** What an unset or empty variable means, as it would be written. */
  readonly fallback: string;
  readonly type: z.ZodType<T>;
  /** One line for the README's table. */
  readonly description: string;
}

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((value) => value <= 65_535);
const milliseconds = z
  .string()
  .regex(/^\d{1,6}$/)
  .transform(Number);
const onOrOff = z.enum(['on', 'off']).transform((value) => value === 'on');

const clientPattern = /^([\x21-\x2b\x2d-\x39\x3b-\x7e]{1,256}):([\x21-\x2b\x2d-\x7e]{8,256})$/;

/** Origins as browsers write them: no path, no slash at the end. */
const originList = z.string().transform((text, context) => {
  const origins = text === '' ? [] : text.split(',').map((part) => part.trim());
  const isWhole = origins.every((origin) => isHttpOrigin(origin) && new URL(origin).origin === origin);
  if (!isWhole) context.addIssue({ code: 'custom', message: 'not a list of origins' });
  return origins;
});

const hostList = z.string().transform((text, context) => {
  const hosts = parseAllowedHosts(text);
  if (hosts === undefined) context.addIssue({ code: 'custom', message: 'not a list of hosts' });
  return hosts ?? [];
});

/** `id:secret,id:secret`; a secret has 8 characters at least. */
const clientList = z.string().transform((text, context) => {
  const clients = (text === '' ? [] : text.split(',')).flatMap((part) => {
    const [, id, secret] = clientPattern.exec(part.trim()) ?? [];
    return id === undefined || secret === undefined ? [] : [{ id, secret: new Secret(secret) }];
  });
  const isWhole = text === '' || clients.length === text.split(',').length;
  const isOnce = new Set(clients.map(({ id }) => id)).size === clients.length;
  if (!isWhole || !isOnce) context.addIssue({ code: 'custom', message: 'not a list of clients' });
  return clients;
});

const variable = <T>(
  name: string,
  fallback: string,
  type: z.ZodType<T>,
  description: string,
): Variable<T> => ({
  name,
  fallback,
  type,
  description,
});

/** Every variable there is; the README's table and the loader read this list. */
export const variables = {
  port: variable('PORT', '4000', port, 'Port of the gateway, 0 to 65535 (0: any free one)'),
  host: variable(
    'HOST',
    '127.0.0.1',
    z.string().regex(/^[A-Za-z0-9.:-]+$/),
    'Address that the gateway binds to',
  ),
  publicUrl: variable(
    'PUBLIC_URL',
    '',
    httpUrl,
    'Origin under which clients reach the gateway, e.g. `https://audiences.example.com`; empty: host and port. With the embedded platform no other host name is answered',
  ),
  platformPort: variable(
    'PLATFORM_PORT',
    '4001',
    port,
    'Port of the embedded platform, on loopback, 0 to 65535',
  ),
  dataDir: variable(
    'DATA_DIR',
    './data',
    z.string(),
    'Folder in which the embedded platform keeps everything',
  ),
  stateDir: variable(
    'GATEWAY_STATE_DIR',
    '',
    z.string(),
    "Folder of the gateway's own state: audience runs; empty: `gateway` in `DATA_DIR`, so `./data/gateway`; not used with `BACKBONE_URL`",
  ),
  upstreamUrl: variable(
    'AEP_UPSTREAM_URL',
    '',
    httpUrl,
    'Origin of the upstream, e.g. `https://platform.adobe.io`; empty: the embedded platform',
  ),
  clientId: variable(
    'AEP_CLIENT_ID',
    '',
    z.string().regex(/^[\w.-]{0,128}$/),
    "Client id of an OAuth server-to-server credential; the gateway then sends its own token upstream, and asks its callers who they are (`AUTH_…`); empty: the callers' own tokens",
  ),
  clientSecret: variable('AEP_CLIENT_SECRET', '', secretText, 'Client secret of that credential'),
  scopes: variable(
    'AEP_SCOPES',
    'openid,session,AdobeID,read_organizations,additional_info.projectedProductContext',
    z.string().regex(/^[\w.,: /-]{1,2048}$/),
    'Scopes of that credential, with commas between',
  ),
  tokenUrl: variable(
    'AEP_TOKEN_URL',
    'https://ims-na1.adobelogin.com/ims/token/v3',
    trustedAddress,
    'Where its tokens are had: https, or http on this machine',
  ),
  orgId: variable(
    'AEP_ORG_ID',
    '',
    z.string().regex(/^([A-Za-z0-9]{1,64}@AdobeOrg)?$/),
    'The IMS org of that credential, e.g. `1234ABCD@AdobeOrg`',
  ),
  sandbox: variable(
    'AEP_SANDBOX',
    'prod',
    z.string().regex(/^[a-z0-9-]{1,64}$/),
    'With that credential: the sandbox of callers who name none',
  ),
  sandboxes: variable(
    'AEP_SANDBOXES',
    '',
    listOf(/^([a-z0-9-]{1,64}|\*)$/),
    'With that credential: the sandboxes that callers may name, with commas between; `*`: any; empty: that of `AEP_SANDBOX` alone',
  ),
  jwksUrl: variable(
    'AUTH_JWKS_URL',
    '',
    trustedAddress,
    'With that credential: where the issuer of the callers’ JWTs publishes its keys; https, or http on this machine',
  ),
  issuer: variable('AUTH_ISSUER', '', z.string().max(1024), 'The `iss` that those JWTs must have'),
  audience: variable('AUTH_AUDIENCE', '', z.string().max(1024), 'The `aud` that those JWTs must have'),
  sandboxClaim: variable(
    'AUTH_SANDBOX_CLAIM',
    '',
    z.string().max(256),
    'The claim of those JWTs that lists the sandboxes which the caller may use; empty: all that the gateway may',
  ),
  apiKeys: variable(
    'AUTH_API_KEYS',
    '',
    keyList,
    'With that credential: static keys of callers, as `name:key`, or `name:key@prod+dev` where only these sandboxes are theirs, with commas between; a key has 24 to 128 letters, digits, `_`, `.` and `-`',
  ),
  authOpen: variable(
    'AUTH_OPEN',
    'off',
    onOrOff,
    'With that credential: `on` lets in whoever comes, and is taken on the loopback alone; else `off`',
  ),
  metrics: variable(
    'METRICS',
    'loopback',
    z.enum(['loopback', 'on', 'off']),
    'Who may read `/metrics`: `loopback` (this machine, without a proxy between), `on` (everybody who reaches the gateway), or `off`',
  ),
  otlpEndpoint: variable(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    '',
    httpAddress,
    'Where traces are sent as OTLP over HTTP, e.g. `http://localhost:4318`; empty: there are none',
  ),
  traceShare: variable(
    'OTEL_TRACES_SAMPLER_ARG',
    '1',
    z
      .string()
      .regex(/^(0|1|[01]?\.\d{1,6}|[01]\.\d{1,6})$/)
      .transform(Number)
      .refine((value) => value <= 1),
    'Share of the traces that are kept, 0 to 1, where the caller does not say; `traceparent` decides where he does',
  ),
  serviceName: variable(
    'OTEL_SERVICE_NAME',
    'audience-gateway',
    z.string().regex(/^[\w.-]{1,128}$/),
    'Name under which the traces are kept',
  ),
  drainDelayMs: variable(
    'DRAIN_DELAY_MS',
    '0',
    wholeNumber(0, 60_000),
    'After SIGTERM: how long everything is still served while `/readyz` says 503, so that load balancers see it, in ms',
  ),
  drainTimeoutMs: variable(
    'DRAIN_TIMEOUT_MS',
    '10000',
    wholeNumber(0, 120_000),
    'After that: how long running requests may take to end before they are cut off, in ms',
  ),
  jobPaceMs: variable(
    'PLATFORM_JOB_PACE_MS',
    '150',
    milliseconds,
    'Rest of the embedded platform between two steps of a job, in ms, so that people can watch and cancel jobs over small data; 0: full speed',
  ),
  memoryLimit: variable(
    'PLATFORM_MEMORY_LIMIT',
    '2GB',
    z.string().regex(/^\d+(\.\d+)?\s?(MB|GB)$/),
    'Memory for the evaluation engine, e.g. `2GB`',
  ),
  maxSchedules: variable(
    'PLATFORM_MAX_SCHEDULES',
    '1',
    z
      .string()
      .regex(/^[1-9]\d{0,2}$/)
      .transform(Number),
    'Schedules that one sandbox of the embedded platform may have, 1 to 999; Adobe allows one',
  ),
  clients: variable(
    'PLATFORM_CLIENTS',
    '',
    clientList,
    'Clients that may have tokens of the embedded platform, as `id:secret` with commas between; then only tokens issued to them are taken, each with its client id as `x-api-key`; empty: any client gets one, and any token is taken',
  ),
  membershipDialect: variable(
    'PLATFORM_MEMBERSHIP_STATUSES',
    '3',
    z.enum(['3', '2']).transform((value) => (value === '2' ? 'two' : 'three')),
    "Statuses of membership in answers of the embedded platform: `3` (realized, existing, exited), or `2` (realized, exited) as in Adobe's newest documents",
  ),
  admin: variable(
    'PLATFORM_ADMIN',
    'off',
    onOrOff,
    '`on`: people may move the clock of the embedded platform, slow jobs down, make them fail and have 429 answered, as `npm start -- --admin` does; else `off`',
  ),
  secret: variable(
    'GATEWAY_SECRET',
    '',
    z.string().refine((value) => value === '' || value.length >= 32),
    'At least 32 characters that seal download links and cursors, the same for all replicas; empty: a random one at each start, so that both end with the process',
  ),
  backboneUrl: variable(
    'BACKBONE_URL',
    '',
    postgresAddress,
    'PostgreSQL by which replicas share what they watch, and audience runs: `postgres://user:password@host:5432/database`, `?sslmode=verify-full&sslrootcert=FILE` for TLS; wants `GATEWAY_SECRET`; empty: this process shares with nobody',
  ),
  templateHosts: variable(
    'TEMPLATE_ALLOWED_HOSTS',
    '',
    hostList,
    'Hosts that audience templates may be sent to, with commas between: `api.linkedin.com` (https, port 443, public addresses), or an exact `127.0.0.1:4300` (any address, plain http too); empty: none',
  ),
  allowedOrigins: variable(
    'ALLOWED_ORIGINS',
    '',
    originList,
    'Origins whose pages may ask the gateway from a browser (CORS and WebSocket), with commas between: `https://app.example.com,http://localhost:5173`; empty: none but its own',
  ),
  federation: variable(
    'FEDERATION',
    'off',
    z.enum(['on', 'off']).transform((value) => value === 'on'),
    '`on`: the gateway is a subgraph of Apollo Federation, too (`_service`, `_entities`); else `off`',
  ),
  callbackHosts: variable(
    'SUBSCRIPTION_CALLBACK_HOSTS',
    '',
    hostList,
    'Where `FEDERATION` is on: hosts of routers that subscriptions may call back, with commas between: `router.example.com` (https, port 443, public addresses), or an exact `127.0.0.1:4100` (any address, plain http too); empty: none',
  ),
  persistedDocuments: variable(
    'PERSISTED_QUERIES',
    '',
    z.string(),
    'JSON file of the only documents that run, over HTTP and sockets alike: `{ "<hash>": "<document>" }`, as graphql-codegen writes it (`persistedDocuments`); empty: any document runs',
  ),
  subscriptionsPerCaller: variable(
    'SUBSCRIPTIONS_PER_CALLER',
    '20000',
    wholeNumber(1, 1_000_000),
    'Subscriptions that one caller may have at once on this gateway, over all of his connections',
  ),
  watchCallsPerSecond: variable(
    'WATCH_CALLS_PER_SECOND',
    '100',
    wholeNumber(1, 10_000),
    'Upstream calls in any second that this gateway may make to follow jobs, all subscribers together, retries included; callers take turns, and what waits shares calls',
  ),
  logLevel: variable(
    'LOG_LEVEL',
    'warn',
    z.enum(logLevels),
    `One of ${logLevels.join(', ')}; JSON lines on stderr`,
  ),
  nodeEnv: variable(
    'NODE_ENV',
    'development',
    z.enum(['development', 'production', 'test']),
    '`production` turns introspection, Sandbox, GraphiQL and CORS for Apollo Studio off',
  ),
} as const;

/** Variables whose values are never shown. */
export const secretNames: readonly string[] = [
  variables.secret,
  variables.backboneUrl,
  variables.clients,
  variables.clientSecret,
  variables.apiKeys,
].map(({ name }) => name);
