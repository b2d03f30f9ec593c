import { readExample } from '../fixtures/adobe/examples';
import type { RequestExample } from '../fixtures/adobe/examples';
import type { ExampleWorld } from './adobe-requests';
import { createExampleWorld, inWorld, requestCases } from './adobe-requests';
import type { GetTarget } from './target';
import { ask, paths } from './target';

/** The request bodies of Adobe's pages, sent as they stand but for ids; needs the people of `data.ts` in the target. */
export function adobeRequestsContract(target: GetTarget): void {
  let world: ExampleWorld;
  beforeAll(async () => {
    world = await createExampleWorld(target());
  });

  test.each(Object.keys(requestCases) as RequestExample[])('%s', async (name) => {
    await requestCases[name](world, inWorld(readExample(name), world));
  });

  test('the POST that a page shows for the cancelling of an export is a 405; DELETE is meant', async () => {
    expect((await ask(target(), `POST ${paths.exportJobs}/726`, { body: {} })).status).toBe(405);
  });
}
