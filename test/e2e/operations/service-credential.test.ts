import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createPlatform } from '../../../src/platform';
import type { Platform } from '../../../src/platform';
import { startProcess } from '../../support/gateway-process';
import type { RunningProcess } from '../../support/gateway-process';
import { startCollector } from '../../support/otlp-collector';
import type { Collector } from '../../support/otlp-collector';
import { startRecordingProxy } from '../../support/recording-proxy';
import type { RecordingProxy } from '../../support/recording-proxy';

const key = 'key-of-the-dashboard-0123456789';
const secret = 'secret-of-the-client-9876';

let folder: string;
let platform: Platform;
let proxy: RecordingProxy;
let collector: Collector;
let gateway: RunningProcess;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audience-gateway-service-'));
  platform = await createPlatform({
    dataDir: join(folder, 'platform'),
    port: 0,
    paceMs: 0,
    memoryLimit: '256MB',
    maxSchedules: 1,
    clients: [{ id: 'gateway-1', secret }],
    membershipDialect: 'three',
    admin: false,
    log: pino({ level: 'silent' }),
  });
  proxy = await startRecordingProxy(platform.url);
  collector = await startCollector();
  gateway = startProcess({
    script: 'dist/main.js',
    env: {
      PORT: '0',
      NODE_ENV: 'production',
      LOG_LEVEL: 'trace',
      DATA_DIR: join(folder, 'data'),
      AEP_UPSTREAM_URL: proxy.url,
      AEP_TOKEN_URL: `${proxy.url}/ims/token/v3`,
      AEP_CLIENT_ID: 'gateway-1',
      AEP_CLIENT_SECRET: secret,
      AEP_ORG_ID: 'ORG1@AdobeOrg',
      AUTH_API_KEYS: `dashboard:${key}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      DRAIN_DELAY_MS: '200',
    },
  });
  url = (await gateway.printed(/GraphQL +(http:\S+)\/graphql/))[1] ?? '';
});
afterAll(async () => {
  gateway.signal('SIGKILL');
  await gateway.exit;
  await Promise.all([proxy.close(), collector.close()]);
  await platform.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(
  query: string,
  headers: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Record<string, unknown>;
}

it('serves callers that it knows with a token of its own, tells what it did, and leaves when it is told to', async () => {
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({
    status: 'ready',
    checks: { gateway: 'ok', upstream: 'ok', credential: 'ok' },
  });
  expect(await ask('{ session { sandbox } }', {})).toMatchObject({
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  });
  const answers = await Promise.all(
    [1, 2, 3].map((first) =>
      ask(`{ session { credential orgId tokenExpiresAt } segments(first: ${first}) { totalCount } }`, {
        'x-api-key': key,
      }),
    ),
  );
  for (const answer of answers)
    expect(answer).toEqual({
      data: {
        session: {
          credential: 'SERVICE',
          orgId: 'ORG1@AdobeOrg',
          tokenExpiresAt: expect.stringMatching(/^20/) as string,
        },
        segments: { totalCount: 0 },
      },
    });
  // The platform takes only tokens that it issued to this client, with its id as key.
  expect(proxy.calls.filter(({ path }) => path.startsWith('/ims/'))).toHaveLength(1);
  expect(JSON.stringify(proxy.calls)).not.toContain(key);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('gateway_token_renewals_total{outcome="renewed"} 1');
  expect(metrics).toContain('gateway_callers_refused_total{code="UNAUTHENTICATED"} 1');
  expect(metrics).toMatch(/process_resident_memory_bytes \d/);

  gateway.signal('SIGTERM');
  await gateway.printed(/Stopping/);
  const during = await fetch(`${url}/readyz`);
  expect([during.status, await during.json()]).toMatchObject([503, { reason: 'the gateway is stopping' }]);
  expect(await gateway.exit).toBe(0);
  expect(collector.parentsOf('Query.segments')).toEqual(['query', 'query', 'query']);
  expect(gateway.output().match(/"msg":"operation"/g)).toHaveLength(4);
  for (const canary of [secret, key, 'eyJ'])
    expect(gateway.output() + metrics + JSON.stringify(collector.spans)).not.toContain(canary);
});
