import { require } from '../typescript.mjs';

require('reflect-metadata');
const { parseAllowedHosts } = require('../../src/lib/allowed-host.ts');
const { followedJobs } = require('../support/followed-jobs.ts');
const { startGateway } = require('../support/started-gateway.ts');
const { headersWith, tokenFor } = require('../support/token-socket.ts');

const definitions = '/data/core/ups/segment/definitions';
const segmentOf = (id) => ({
  id,
  name: `Segment ${id}`,
  schema: {},
  expression: { type: 'PQL', format: 'pql/text', value: 'true' },
});

/** What a caller with a token of this life says of himself. */
export const headersFor = (lifeMs) => headersWith(tokenFor(lifeMs));

/** The gateway as a subgraph before an upstream with jobs as the script sets them; "refused" is a segment that may not be read. */
export async function startSubgraph({ callbackHosts }) {
  const jobs = followedJobs({});
  const answer = (call) => {
    if (call.path === `${definitions}/bulk-get`) {
      const ids = call.body.ids.map(({ id }) => id).filter((id) => !id.startsWith('none'));
      return { status: 207, json: { results: Object.fromEntries(ids.map((id) => [id, segmentOf(id)])) } };
    }
    if (call.path === `${definitions}/refused`) return { status: 403, json: { title: 'Forbidden' } };
    if (call.path === `${definitions}/s1`) return { json: segmentOf('s1') };
    return jobs.answer(call);
  };
  const started = await startGateway(answer, {
    ...{ federation: true, defaultCaller: null, callbackHosts: parseAllowedHosts(callbackHosts.join(',')) },
    upstream: { url: '', mode: 'ADOBE' },
  });
  const ask = async (query) => (await started.post({ query }, headersFor(600_000))).json();
  return {
    ...{ jobs, upstream: started.upstream, url: `${started.gateway.url}/graphql` },
    sdl: async () => (await ask('{ _service { sdl } }')).data._service.sdl,
    watching: async () =>
      (await ask('{ session { watching { subscribers } } }')).data.session.watching.subscribers,
    shutDown: () => started.gateway.close(),
    close: () => started.close(),
  };
}
