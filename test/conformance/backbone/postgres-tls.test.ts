import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../../src/lib/secret';
import type { Backbone } from '../../../src/state/backbone/backbone';
import type { PostgresCertificates } from '../../../src/state/postgres-tls';
import { startProcess } from '../../support/gateway-process';
import type { RunningProcess } from '../../support/gateway-process';
import { newPostgresBackbone, openPostgresBackbones, untilUp } from '../../support/postgres-backbones';
import { startPostgres } from '../../support/postgres-server';
import type { PostgresServer } from '../../support/postgres-server';
import { createTestAuthority } from '../../support/self-made-certificates';
import { openSharedState } from '../../support/shared-states';

const authority = createTestAuthority('an authority of its own');
const stranger = createTestAuthority('somebody else');
const password = 'a-password-of-tests';
const opened: Backbone[] = [];
let server: PostgresServer;
let gateway: RunningProcess | undefined;

beforeAll(async () => {
  server = await startPostgres({ ...authority.issue(['localhost']), ca: authority.certificate });
});
afterEach(async () => {
  for (const backbone of opened.splice(0)) await backbone.close();
});
afterAll(async () => {
  gateway?.signal('SIGKILL');
  await server.close();
});

/** The name that the certificate has, and the address that it has not. */
const byName = (query: string): string => server.url().replace('127.0.0.1', 'localhost') + query;
const byAddress = (query: string): string => server.url() + query;

/** A replica that says why it cannot connect. */
function connect(
  url: string,
  certificates: PostgresCertificates = {},
): { readonly backbone: Backbone; readonly refusal: Promise<string> } {
  let tell = (_words: string): void => undefined;
  const refusal = new Promise<string>((resolve) => (tell = resolve));
  const log = {
    info: () => undefined,
    warn: (about: object, message: string) => tell(`${JSON.stringify(about)} ${message}`),
  };
  const backbone = newPostgresBackbone(url, { certificates, log });
  opened.push(backbone);
  return { backbone, refusal };
}

/** Whether the connections of gateways are encrypted, as the server sees it. */
async function areEncrypted(): Promise<readonly boolean[]> {
  const { admin, close } = await openPostgresBackbones(server.url());
  const { rows } = await admin.query<{ ssl: boolean }>(
    `select ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name like 'audience-gateway%'`,
  );
  await close();
  return rows.map(({ ssl }) => ssl);
}

describe('TLS to PostgreSQL', () => {
  it('encrypts every connection of a replica, where the server proves that it is the host of the address', async () => {
    const certificates = { ca: authority.certificate };
    const { backbone } = connect(byName('?sslmode=verify-full'), certificates);
    await untilUp(backbone);
    const state = await openSharedState(byName('?sslmode=require'), { certificates });
    await state.runDrivers.look();
    expect(await areEncrypted()).toEqual([true, true, true]);
    await state.close();
  });

  it('is refused where nobody known has signed the certificate, with words that hold no password', async () => {
    for (const certificates of [{}, { ca: stranger.certificate }]) {
      const { backbone, refusal } = connect(byName('?sslmode=require'), certificates);
      expect(await refusal).toMatch(/of no authority that is known here; sslrootcert in the address names/);
      expect(await refusal).not.toContain(password);
      expect(backbone.isUp).toBe(false);
    }
    expect(await areEncrypted()).toEqual([]);
  });

  it.each(['require', 'verify-ca', 'verify-full'])(
    'is refused with sslmode=%s where the certificate is for another host',
    async (mode) => {
      const { refusal } = connect(byAddress(`?sslmode=${mode}`), { ca: authority.certificate });
      expect(await refusal).toMatch(/is not for the host that the address names \(ERR_TLS_CERT_ALTNAME/);
    },
  );

  it('proves by a certificate of its own who this side is', async () => {
    const { certificate, key } = authority.issue(['gateway']);
    const own = { certificate, key: new Secret(key) };
    const { backbone } = connect(byName('?sslmode=verify-full'), { ca: authority.certificate, own });
    await untilUp(backbone);
    const { admin, close } = await openPostgresBackbones(server.url());
    const { rows } = await admin.query<{ name: string }>(
      `select client_dn as name from pg_stat_ssl where client_dn is not null`,
    );
    await close();
    expect(rows.map(({ name }) => name)).toEqual(Array(2).fill('/CN=an authority of its own server'));
  });

  it('asks for no proof with sslmode=no-verify', async () => {
    const { backbone } = connect(byAddress('?sslmode=no-verify'));
    await untilUp(backbone);
    expect(await areEncrypted()).toEqual([true, true]);
  });

  it('is not done without where the server has none', async () => {
    const heard: Buffer[] = [];
    const plain = createServer((wire) => {
      wire.on('error', () => undefined);
      wire.on('data', (bytes) => {
        heard.push(bytes);
        wire.write('N');
      });
    }).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as AddressInfo;
    const { backbone, refusal } = connect(`${server.url(port)}?sslmode=require`);
    expect(await refusal).toMatch(/does not support SSL/);
    await backbone.close();
    expect(Buffer.concat(heard).toString('latin1')).not.toMatch(/gateway|password/);
    plain.close();
  });
});

it('a gateway whose BACKBONE_URL names the wrong authority says so, goes on by itself, and shows no password', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-tls-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, stranger.certificate);
  gateway = startProcess({
    script: 'dist/main.js',
    env: {
      AEP_UPSTREAM_URL: 'http://127.0.0.1:9',
      BACKBONE_URL: byName(`?sslmode=verify-full&sslrootcert=${file}`),
      GATEWAY_SECRET: 'a secret that all replicas have in common',
      PORT: '0',
      LOG_LEVEL: 'warn',
      DRAIN_TIMEOUT_MS: '1000',
    },
  });
  const [line] = await gateway.printed(/^.*the backbone is away.*$/m);
  gateway.signal('SIGTERM');
  expect(await gateway.exit).toBe(0);
  expect(JSON.parse(line)).toMatchObject({
    variable: 'BACKBONE_URL',
    reason: expect.stringMatching(/no authority that is known here/) as string,
  });
  expect(gateway.output()).not.toContain(password);
  await rm(folder, { recursive: true });
});
