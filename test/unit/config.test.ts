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

  it('refuses one port for both servers', () => {
    expect(problemsOf({ PORT: '4001' })).toEqual(['PLATFORM_PORT']);
  });

  it('cannot be changed after it is loaded', () => {
    const config = loadConfig({});
    expect(() => Object.assign(config.gateway, { port: 1 })).toThrow(TypeError);
  });
});
