import { openBrowser } from '../../support/browser';
import type { Browser } from '../../support/browser';
import { createSegment, createSegmentJob } from '../../support/road-operations';
import { createShopPeople, profileOf } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';

describe('GraphiQL in a browser without internet', () => {
  let road: Road;
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
    road = await startRoad({ platform: { paceMs: 300 } });
    await road.ingest('profile', createShopPeople(60).map(profileOf));
  });

  afterAll(async () => {
    await browser?.close();
    await road?.close();
  });

  /** Opens GraphiQL on one operation, which its address can hold, and runs it. */
  async function runInBrowser(query: string): Promise<void> {
    await browser.page.goto(`${road.url}/graphiql?${new URLSearchParams({ query })}`);
    await browser.page.getByRole('button', { name: /execute query/i }).click();
  }

  const answer = () => browser.page.locator('.graphiql-response');

  it('asks nobody but the gateway for anything', async () => {
    const asked: string[] = [];
    browser.page.on('request', (request) => asked.push(request.url()));
    await browser.page.goto(`${road.url}/graphiql`);
    await browser.page.getByRole('button', { name: /execute query/i }).waitFor();
    const foreign = asked.filter((url) => /^(https?|wss?):/.test(url) && new URL(url).origin !== road.url);
    expect(foreign).toEqual([]);
    browser.page.removeAllListeners('request');
  });

  it('opens with the steps of the road as tabs', async () => {
    await browser.page.goto(`${road.url}/graphiql`);
    await browser.page.getByRole('button', { name: /execute query/i }).waitFor();
    expect(await browser.page.locator('.graphiql-tab').count()).toBeGreaterThanOrEqual(7);
  });

  it('is offered by the page of Apollo Sandbox, which cannot load', async () => {
    await browser.page.goto(road.url);
    await browser.page.getByRole('link', { name: 'GraphiQL' }).click();
    await browser.page.getByRole('button', { name: /execute query/i }).waitFor();
    expect(new URL(browser.page.url()).pathname).toBe('/graphiql');
  });

  it('runs a query', async () => {
    await road.run(createSegment, {
      input: { name: 'French people', expression: { text: 'homeAddress.countryCode = "FR"' } },
    });
    await runInBrowser('{ segments { nodes { name } } }');
    await answer().getByText('French people').waitFor();
  });

  it('shows the events of a subscription as they arrive', async () => {
    const { createSegment: segment } = await road.run(createSegment, {
      input: { name: 'Germans', expression: { text: 'homeAddress.countryCode = "DE"' } },
    });
    const { createSegmentJob: job } = await road.run(createSegmentJob, {
      input: { segments: { ids: [segment.segment?.id ?? ''] } },
    });
    await runInBrowser(
      `subscription { segmentJobChanged(id: "${job.segmentJob?.id}") { type job { status } } }`,
    );
    await answer().getByText('TERMINAL').waitFor();
    await answer().getByText('SUCCEEDED').waitFor();
  });
});
