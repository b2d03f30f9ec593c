import { createCaller, createSharedKeys } from '../../../src/datasources/caller';
import type { Caller } from '../../../src/datasources/caller';

const parts: Omit<Caller, 'key'> = {
  authorization: 'Bearer a-token',
  apiKey: 'a-client',
  orgId: 'ORG@AdobeOrg',
  sandbox: 'prod',
  principal: 'key nightly',
};
const secret = 'a secret of the tests, long enough';

describe('keys of callers that replicas share', () => {
  it('are the same in all replicas with the same secret, and in no other', () => {
    const key = createSharedKeys(secret)(createCaller(parts));
    expect(createSharedKeys(secret)(createCaller({ ...parts, endsAt: new Date(1) }))).toBe(key);
    expect(createSharedKeys(`${secret}!`)(createCaller(parts))).not.toBe(key);
  });

  it.each(['authorization', 'apiKey', 'orgId', 'sandbox', 'principal'] as const)(
    'know callers by their %s',
    (part) => {
      const keyOf = createSharedKeys(secret);
      const other = createCaller({ ...parts, [part]: `${String(parts[part])}-other` });
      expect(keyOf(other)).not.toBe(keyOf(createCaller(parts)));
      expect(other.key).not.toBe(createCaller(parts).key);
    },
  );

  it('take no part for another', () => {
    const keyOf = createSharedKeys(secret);
    const swapped = { ...parts, authorization: parts.apiKey, apiKey: parts.authorization };
    const missing = [
      { ...parts, apiKey: undefined },
      { ...parts, principal: undefined },
      { ...parts, authorization: undefined },
    ];
    const keys = [parts, swapped, ...missing].map((each) => keyOf(each));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('tell nothing of a caller', () => {
    const key = createSharedKeys(secret)(parts);
    for (const value of Object.values(parts)) expect(key).not.toContain(value);
  });
});
