import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { createServiceAccess } from '../../src/credentials/service-access';
import type { ServiceAccessOptions } from '../../src/credentials/service-access';
import { Secret } from '../../src/lib/secret';
import type { GatewayOptions } from '../../src/server/gateway';
import { createLog } from '../../src/telemetry/log';
import { noTelemetry } from '../../src/telemetry/telemetry';
import type { Reply, SeenCall } from './fake-upstream';
import { startGateway } from './started-gateway';
import type { StartedGateway } from './started-gateway';
import { startTokenService, token } from './token-service';
import type { TokenService } from './token-service';

export const issuer = 'https://login.example.com/';
export const audience = 'audiences';
export const adasKey = 'key-of-ada-0123456789abcdef';
export const bobsKey = 'key-of-bob-0123456789abcdef';
export const serviceOrg = 'SERVICE@AdobeOrg';

/** An issuer of JWTs, with the keys that it publishes. */
export interface Issuer {
  readonly jwks: JSONWebKeySet;
  sign(claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, string>>): Promise<string>;
}

export async function createIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  return {
    jwks: { keys: [jwk] },
    sign: (claims, header = {}) =>
      new SignJWT({ iss: issuer, aud: audience, sub: 'ada', exp: inAnHour, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
        .sign(privateKey),
  };
}

export interface ServiceGateway extends StartedGateway {
  readonly ims: TokenService;
}

/** A gateway with a credential of its own before an upstream and a token service that answer as they are told. */
export async function startServiceGateway(
  answer: (call: SeenCall) => Reply | undefined,
  access: Partial<ServiceAccessOptions>,
  options: Partial<GatewayOptions> = {},
): Promise<ServiceGateway> {
  const ims = await startTokenService(token('token-of-the-gateway', 86_399));
  const lines: string[] = [];
  const log = createLog({ level: 'trace', write: (line) => void lines.push(line), secrets: [] });
  const service = createServiceAccess({
    client: {
      tokenUrl: ims.url,
      clientId: 'client-1',
      clientSecret: new Secret('secret-of-the-gateway'),
      scopes: 'openid',
    },
    orgId: serviceOrg,
    sandbox: 'prod',
    sandboxes: ['prod', 'dev'],
    jwt: null,
    keys: [
      { name: 'ada', key: new Secret(adasKey), sandboxes: null },
      { name: 'bob', key: new Secret(bobsKey), sandboxes: ['dev'] },
    ],
    isOpen: false,
    telemetry: options.telemetry ?? noTelemetry,
    log,
    ...access,
  });
  const started = await startGateway(answer, {
    upstream: { url: '', mode: 'ADOBE' },
    defaultCaller: null,
    service,
    log,
    ...options,
  });
  return {
    ...started,
    logLines: lines,
    ims,
    close: async () => {
      await started.close();
      await ims.close();
    },
  };
}
