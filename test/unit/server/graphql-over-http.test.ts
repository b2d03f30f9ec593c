import { serverAudits } from 'graphql-http';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

let started: StartedGateway;
beforeAll(async () => {
  started = await startGateway(() => undefined);
});
afterAll(() => started.close());

/** The audits of the GraphQL over HTTP specification; those that it only recommends (SHOULD, MAY) are not promised. */
const audits = serverAudits({ url: () => `${started.gateway.url}/graphql`, fetchFn: fetch }).filter(
  ({ name }) => name.startsWith('MUST'),
);

describe('GraphQL over HTTP', () => {
  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    expect(await audit.fn()).toMatchObject({ status: 'ok' });
  });
});
