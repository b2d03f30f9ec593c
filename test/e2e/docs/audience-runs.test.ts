import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse } from 'graphql';
import { codeBlocksOf, readDocument } from '../../support/markdown';
import { createSegment } from '../../support/road-operations';
import { createShopPeople, eventsOf, profileOf } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';
import { subscribe } from '../../support/subscriber';

type Anything = Record<string, Record<string, unknown>>;
type Untyped = TypedDocumentNode<Anything, Record<string, unknown>>;

const people = createShopPeople(200);
const memberCount = people.filter(({ country }) => country === 'FR').length;

function exampleUnder(heading: string, ids: Readonly<Record<string, string>>): Untyped {
  const [block] = codeBlocksOf('docs/audience-runs.md', heading);
  return parse((block?.code ?? '').replaceAll(/[A-Z]+_ID/g, (word) => ids[word] ?? word));
}

/** `GET /segment/jobs`: without query, ids and base path. */
function lineOf({ method, path }: { readonly method: string; readonly path: string }): string {
  const [bare = ''] = path.replace(/^\/data\/(core\/ups|foundation)/, '').split('?');
  return `${method} ${bare.replace(/\/[0-9a-f-]{24,36}$|\/\d+$/, '/{id}')}`;
}

describe('docs/audience-runs.md', () => {
  let road: Road;
  const ids: Record<string, string> = {};
  let calls: readonly string[];
  let events: readonly Anything[];

  beforeAll(async () => {
    road = await startRoad();
    await road.ingest('profile', people.map(profileOf));
    await road.ingest('event', people.flatMap(eventsOf));
    const made = await road.run(createSegment, {
      input: { name: 'France', expression: { text: 'homeAddress.countryCode = "FR"' } },
    });
    ids['SEGMENT_ID'] = made.createSegment.segment?.id ?? '';
    // A newer one, for the look that proves access shows the newest definition, which need not be read again then.
    await road.run(createSegment, {
      input: { name: 'All', expression: { text: 'homeAddress.countryCode != ""' } },
    });
    road.upstream.forget();
    const { startAudienceRun } = await road.run(exampleUnder('Start one', ids), {});
    ids['RUN_ID'] = (startAudienceRun?.['audienceRun'] as { id: string }).id;
    events = await subscribe(road.sockets, exampleUnder('Watch it', ids), {}).all();
    calls = road.upstream.calls.map(lineOf);
  });
  afterAll(() => road.close());

  it('starts a run that tells its steps and ends well', () => {
    const told = events.map(
      ({ audienceRunChanged: run }) => `${String(run?.['status'])} ${String(run?.['step'])}`,
    );
    expect(told[0]).toBe('RUNNING EVALUATE');
    expect([...new Set(told)].at(-1)).toBe('SUCCEEDED DONE');
    expect(events.at(-1)?.['audienceRunChanged']).toMatchObject({
      segmentJob: { status: 'SUCCEEDED' },
      exportJob: { status: 'SUCCEEDED', exportedProfiles: String(memberCount) },
      error: null,
    });
  });

  it('costs the calls that it names, beside the looks at its two jobs', () => {
    const looks = new Set(['GET /segment/jobs/{id}', 'GET /export/jobs/{id}']);
    const others = calls.filter((call) => !looks.has(call));
    expect(others).toEqual([
      'GET /segment/definitions',
      'GET /segment/definitions/{id}',
      ...['GET /segment/jobs', 'POST /segment/jobs'],
      ...['GET /catalog/dataSets', 'POST /catalog/dataSets'],
      ...['GET /export/jobs', 'POST /export/jobs'],
    ]);
    expect(readDocument('docs/audience-runs.md')).toContain(`makes ${others.length} upstream calls at most`);
  });

  it('finds the same run by its key, and refuses the key with another input', async () => {
    const { startAudienceRun: again } = await road.run(exampleUnder('Start one', ids), {});
    expect(again).toMatchObject({ audienceRun: { id: ids['RUN_ID'] }, userErrors: [] });
    const other = exampleUnder('Start one', ids);
    const changed = parse(
      (other.loc?.source.body ?? '').replace('Members of today', 'Members of tomorrow'),
    ) as Untyped;
    const { startAudienceRun: refused } = await road.run(changed, {});
    expect(refused).toMatchObject({
      audienceRun: null,
      userErrors: [{ code: 'CONFLICT', field: ['input', 'idempotencyKey'] }],
    });
  });

  it('shows the run with its files', async () => {
    const { audienceRuns } = await road.run(exampleUnder('Read it', ids), {});
    expect(audienceRuns).toMatchObject({
      totalCount: 1,
      nodes: [
        {
          status: 'SUCCEEDED',
          segments: [{ name: 'France' }],
          dataset: { name: 'Members of today' },
          batches: [{ recordCount: String(memberCount) }],
        },
      ],
    });
  });

  it('says that a run which has ended cannot be cancelled', async () => {
    const { cancelAudienceRun } = await road.run(exampleUnder('Cancel it', ids), {});
    expect(cancelAudienceRun).toMatchObject({
      audienceRun: { status: 'SUCCEEDED' },
      userErrors: [{ code: 'JOB_NOT_CANCELABLE' }],
    });
  });
});
