import { readNamedTarget } from './named-target';

const env = {
  CONTRACT_URL: 'https://platform.adobe.io/',
  CONTRACT_TOKEN: 'secret-token',
  CONTRACT_API_KEY: 'key',
  CONTRACT_ORG: 'ACME@AdobeOrg',
  CONTRACT_SANDBOX: 'dev',
};

describe('the target that the environment names', () => {
  test('is none where no URL is given', () => {
    expect(readNamedTarget({})).toBeNull();
  });

  test('has an origin and the four headers', () => {
    expect(readNamedTarget(env)?.target).toEqual({
      url: 'https://platform.adobe.io',
      headers: {
        authorization: 'Bearer secret-token',
        'x-api-key': 'key',
        'x-gw-ims-org-id': 'ACME@AdobeOrg',
        'x-sandbox-name': 'dev',
      },
    });
  });

  test.each([
    ['a host of Adobe’s lacks what only ours has', {}, ['people', 'tokens', 'orgs']],
    ['a host that only ends like it does not', { CONTRACT_URL: 'http://notadobe.io' }, []],
    ['what is said counts', { CONTRACT_LACKS: 'tokens' }, ['tokens']],
    ['also that nothing lacks', { CONTRACT_LACKS: '' }, []],
  ])('%s', (_what, change, lacking) => {
    const lacks = [...(readNamedTarget({ ...env, ...change })?.lacks ?? [])];
    expect(lacks.filter((need) => ['people', 'tokens', 'orgs'].includes(need)).sort()).toEqual(
      lacking.sort(),
    );
  });

  test('is refused with every fault and no value of a secret', () => {
    const faulty = { CONTRACT_URL: 'nowhere', CONTRACT_TOKEN: 'secret-token', CONTRACT_LACKS: 'luck' };
    const refused = (): unknown => readNamedTarget(faulty);
    expect(refused).toThrow(
      /CONTRACT_API_KEY is missing; CONTRACT_ORG .*; CONTRACT_SANDBOX .*; CONTRACT_URL is no URL; .* luck;/,
    );
    expect(refused).not.toThrow(/secret-token/);
  });
});
