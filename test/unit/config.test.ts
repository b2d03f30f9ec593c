import { inspect } from 'node:util';
import { loadConfig } from '../../src/config';
import { ConfigError } from '../../src/errors/config-error';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ name }) => name);
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('starts embedded on the documented ports when nothing is set', () => {
    const config = loadConfig({});
    expect(config.upstreamUrl).toBeNull();
    // No shorter than the deadline of a request.
    expect(config.gateway.drain).toEqual({ delayMs: 0, timeoutMs: 10_000 });
    expect(config.gateway).toMatchObject({ host: '127.0.0.1', port: 4000, development: true });
    expect(config.platform).toMatchObject({ port: 4001, dataDir: './data' });
  });

  it('treats an empty variable as unset', () => {
    expect(loadConfig({ PORT: '', AEP_UPSTREAM_URL: '' }).gateway.port).toBe(4000);
  });

  it('reports every wrong variable at once, by name', () => {
    expect(problemsOf({ PORT: 'many', PLATFORM_PORT: '70000', LOG_LEVEL: 'loud' })).toEqual([
      'PORT',
      'LOG_LEVEL',
      'PLATFORM_PORT',
    ]);
  });

  it('never turns a bad number into a default', () => {
    for (const bad of ['4000x', '-1', '1e3', ' 4000', '4000.5'])
      expect(problemsOf({ PORT: bad })).toEqual(['PORT']);
  });

  it('refuses an AEP_ or PLATFORM_ variable that does not exist', () => {
    expect(problemsOf({ AEP_UPSTREAM: 'https://platform.adobe.io' })).toEqual(['AEP_UPSTREAM']);
  });

  it('wants an origin for the upstream, without path or credentials', () => {
    expect(loadConfig({ AEP_UPSTREAM_URL: 'https://platform.adobe.io/' }).upstreamUrl).toBe(
      'https://platform.adobe.io',
    );
    for (const bad of [
      'platform.adobe.io',
      'ftp://platform.adobe.io',
      'https://user:pw@platform.adobe.io',
      'https://platform.adobe.io/data',
    ]) {
      expect(problemsOf({ AEP_UPSTREAM_URL: bad })).toEqual(['AEP_UPSTREAM_URL']);
    }
  });

  it('does not show a secret when it is printed', () => {
    const secret = 'a-secret-that-is-long-enough-to-be-used';
    const config = loadConfig({ GATEWAY_SECRET: secret });
    expect(inspect(config, { depth: 5 }) + JSON.stringify(config)).not.toContain(secret);
    expect(config.gateway.secret?.reveal()).toBe(secret);
  });

  it('does not echo a secret that it refuses', () => {
    expect(() => loadConfig({ GATEWAY_SECRET: 'too-short-secret' })).toThrow(/is not usable/);
    expect(problemsOf({ GATEWAY_SECRET: 'too-short-secret' })).toEqual(['GATEWAY_SECRET']);
  });

  it('takes a PostgreSQL with a password for the backbone, and shows neither', () => {
    const url = 'postgres://gateway:a-long-password@db.example:5432/shared?sslmode=require';
    const config = loadConfig({ BACKBONE_URL: url, GATEWAY_SECRET: 'x'.repeat(32) });
    expect(config.gateway.backboneUrl?.reveal()).toBe(url);
    expect(inspect(config, { depth: 5 }) + JSON.stringify(config)).not.toContain('a-long-password');
  });

  it('refuses a backbone that is no PostgreSQL, names no database, or has a TLS that there is not', () => {
    for (const bad of [
      'redis://db.example/0',
      'postgres://db.example',
      'postgres:///shared',
      'postgres://a-long-password@db.example/shared?sslmode=requir',
    ]) {
      const env = { BACKBONE_URL: bad, GATEWAY_SECRET: 'x'.repeat(32) };
      expect(problemsOf(env)).toEqual(['BACKBONE_URL']);
      expect(() => loadConfig(env)).not.toThrow(/a-long-password/);
    }
  });

  it('refuses a backbone without a secret that replicas share', () => {
    const env = { BACKBONE_URL: 'postgres://db.example/shared' };
    expect(problemsOf(env)).toEqual(['GATEWAY_SECRET']);
    expect(() => loadConfig(env)).toThrow(/BACKBONE_URL is: replicas know each other/);
  });

  it('says what a variable of an earlier release is called now', () => {
    expect(() => loadConfig({ DOWNLOAD_LINK_SECRET: 'x'.repeat(40) })).toThrow(/is now GATEWAY_SECRET/);
  });

  it('reads clients and their secrets, and shows no secret', () => {
    const { clients } = loadConfig({ PLATFORM_CLIENTS: 'ada:lovelace,eve:pass:word' }).platform;
    expect(clients.map(({ id, secret }) => [id, secret.reveal(), String(secret)])).toEqual([
      ['ada', 'lovelace', '[secret]'],
      ['eve', 'pass:word', '[secret]'],
    ]);
  });

  it.each(['ada', 'ada:short', 'ada:lovelace,', 'ada:lovelace,ada:lovelace', ':lovelace'])(
    'refuses %j as clients, without showing it',
    (PLATFORM_CLIENTS) => {
      expect(() => loadConfig({ PLATFORM_CLIENTS })).toThrow(/PLATFORM_CLIENTS is not usable/);
    },
  );

  describe('of a service credential', () => {
    const upstream = { AEP_UPSTREAM_URL: 'https://platform.adobe.io' };
    const client = { AEP_CLIENT_ID: 'c1', AEP_CLIENT_SECRET: 'p8e-secret', AEP_ORG_ID: 'ORG1@AdobeOrg' };
    const key = 'ada:0123456789abcdef01234567';
    const whole = { ...upstream, ...client, AUTH_API_KEYS: key };

    it('has the token service and the sandbox of most, unless they are set', () => {
      expect(loadConfig(whole).service).toMatchObject({
        tokenUrl: 'https://ims-na1.adobelogin.com/ims/token/v3',
        sandbox: 'prod',
        sandboxes: ['prod'],
        callers: { jwt: null, isOpen: false },
      });
      expect(loadConfig({ ...whole, AEP_SANDBOXES: '*' }).service?.sandboxes).toBeNull();
      expect(loadConfig({}).service).toBeNull();
    });

    it('reads keys and their sandboxes, and shows neither them nor the secret', () => {
      const config = loadConfig({
        ...whole,
        AUTH_API_KEYS: `${key}@prod+dev,bob:bbbbbbbbbbbbbbbbbbbbbbbb`,
        AEP_SANDBOXES: 'prod,dev',
      });
      expect(config.service?.callers.keys.map(({ name, sandboxes }) => [name, sandboxes])).toEqual([
        ['ada', ['prod', 'dev']],
        ['bob', null],
      ]);
      const shown = inspect(config, { depth: 9 }) + JSON.stringify(config);
      expect(shown).not.toMatch(/0123456789abcdef|p8e-secret/);
    });

    it.each(['ada:too-short', `${key},${key}`, `${key},eve:0123456789abcdef01234567`, 'ada', `${key}@`])(
      'refuses %j as keys, without showing it',
      (AUTH_API_KEYS) => {
        expect(() => loadConfig({ ...whole, AUTH_API_KEYS })).toThrow(/AUTH_API_KEYS is not usable/);
      },
    );

    it('refuses a key for a sandbox that the gateway itself may not use', () => {
      const other = { ...whole, AUTH_API_KEYS: `${key}@prod+other` };
      expect(() => loadConfig(other)).toThrow(
        /AUTH_API_KEYS .*key ada is for other, .*AEP_SANDBOXES \(now prod\)/,
      );
      expect(problemsOf({ ...other, AEP_SANDBOXES: 'prod,other' })).toEqual([]);
      expect(problemsOf({ ...other, AEP_SANDBOXES: '*' })).toEqual([]);
    });

    it('needs a way to know its callers', () => {
      expect(problemsOf({ ...upstream, ...client })).toEqual(['AUTH_API_KEYS']);
      expect(() => loadConfig({ ...upstream, ...client })).toThrow(/must know its callers/);
    });

    it('may be open to all on the loopback alone', () => {
      const open = { ...upstream, ...client, AUTH_OPEN: 'on' };
      expect(loadConfig(open).service?.callers.isOpen).toBe(true);
      expect(problemsOf({ ...open, HOST: '0.0.0.0' })).toEqual(['AUTH_OPEN']);
      expect(problemsOf({ ...open, AUTH_API_KEYS: key })).toEqual(['AUTH_OPEN']);
    });

    it('names every part that is missing, and every part that stands there alone', () => {
      expect(problemsOf({ AEP_CLIENT_ID: 'c1', AUTH_API_KEYS: key })).toEqual([
        'AEP_CLIENT_ID',
        'AEP_CLIENT_SECRET',
        'AEP_ORG_ID',
      ]);
      expect(problemsOf({ ...upstream, ...client, AUTH_JWKS_URL: 'https://login.example.com/keys' })).toEqual(
        ['AUTH_ISSUER', 'AUTH_AUDIENCE'],
      );
      expect(problemsOf({ ...upstream, AUTH_API_KEYS: key, AEP_CLIENT_SECRET: 'x' })).toEqual([
        'AEP_CLIENT_SECRET',
        'AUTH_API_KEYS',
      ]);
    });

    it('sends its secret by https, or within this machine', () => {
      expect(problemsOf({ ...whole, AEP_TOKEN_URL: 'http://ims.example.com/token' })).toEqual([
        'AEP_TOKEN_URL',
      ]);
      expect(problemsOf({ ...whole, AEP_TOKEN_URL: 'http://127.0.0.1:4001/ims/token/v3' })).toEqual([]);
    });

    it('refuses an AUTH_ variable that does not exist', () => {
      expect(problemsOf({ ...whole, AUTH_API_KEY: key })).toEqual(['AUTH_API_KEY']);
    });
  });

  it('reads where traces go, and what share of them', () => {
    expect(loadConfig({}).gateway.traces).toBeNull();
    const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318/', OTEL_TRACES_SAMPLER_ARG: '0.25' };
    expect(loadConfig(traced).gateway.traces).toMatchObject({
      endpoint: 'http://localhost:4318',
      share: 0.25,
    });
    expect(problemsOf({ OTEL_TRACES_SAMPLER_ARG: '1.5' })).toEqual(['OTEL_TRACES_SAMPLER_ARG']);
  });

  it('refuses one port for both servers', () => {
    expect(problemsOf({ PORT: '4001' })).toEqual(['PLATFORM_PORT']);
  });

  it('cannot be changed after it is loaded', () => {
    const config = loadConfig({});
    expect(() => Object.assign(config.gateway, { port: 1 })).toThrow(TypeError);
  });
});
