import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

let started: StartedGateway;
beforeAll(async () => void (started = await startGateway(() => undefined)));
afterAll(() => started.close());

interface Answer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

const ask = async (query: string, variables: object): Promise<Answer> =>
  (await (await started.post({ query, variables })).json()) as Answer;

describe('an id that cannot be one', () => {
  it.each([
    ...['segment', 'segmentJob', 'exportJob', 'schedule', 'mergePolicy', 'dataset', 'batch'],
    ...['audienceTemplate', 'audienceRun', 'preview'],
  ])('is refused by %s, which names the argument, and goes nowhere', async (field) => {
    started.upstream.calls.length = 0;
    for (const id of ['../secret', 'a b', '', 'x'.repeat(300)]) {
      const { data, errors } = await ask(`query ($id: ID!) { ${field}(id: $id) { __typename } }`, { id });
      expect(data).toEqual({ [field]: null });
      expect(errors).toMatchObject([
        { message: expect.stringMatching(/^"id" /) as string, extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    }
    expect(started.upstream.calls).toEqual([]);
  });

  it('is not one that nothing stands under, nor the id of a person', async () => {
    expect(await ask('query ($id: ID!) { segment(id: $id) { id } }', { id: 'none-such' })).toEqual({
      data: { segment: null },
    });
    const person = await ask('query ($id: ID!) { profile(namespace: "email", id: $id) { id } }', {
      id: 'ada lovelace@example.com',
    });
    expect(JSON.stringify(person)).not.toContain('is not an id');
  });
});

describe('GET /graphql', () => {
  it.each([true, false])('is refused as a GraphQL answer, in development: %s', async (development) => {
    const gateway = await startGateway(() => undefined, { development });
    const response = await fetch(`${gateway.gateway.url}/graphql?query={__typename}`, {
      headers: { accept: 'application/json' },
    });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'Send operations as POST.',
          extensions: { code: 'BAD_REQUEST', requestId: response.headers.get('x-request-id') },
        },
      ],
    });
    await gateway.close();
  });
});
