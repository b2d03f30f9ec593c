import type { ResultOf } from '@graphql-typed-document-node/core';
import { graphql } from '../../generated';
import { createShopPeople, eventsOf, profileOf } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';
import { subscribe } from '../../support/subscriber';

const startPreview = graphql(`
  mutation NounsStartPreview($input: StartPreviewInput!) {
    startPreview(input: $input) {
      preview {
        id
        state
      }
      userErrors {
        code
        field
        diagnostics {
          suggestion
        }
      }
    }
  }
`);

const previewChanged = graphql(`
  subscription NounsPreviewChanged($id: ID!) {
    previewChanged(id: $id) {
      state
      estimate {
        size
        low
        high
        standardError
        confidence
        profilesRead
        profilesMatched
        totalProfiles
        byNamespace {
          namespace
          count
        }
        error
      }
    }
  }
`);

const readPreview = graphql(`
  query NounsPreview($id: ID!, $first: Int, $after: String) {
    preview(id: $id) {
      state
      estimate {
        size
      }
      profiles(first: $first, after: $after) {
        nodes {
          id
          relatedIds
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

const people = createShopPeople(40);
const buyers = people.filter(({ purchases }) => purchases > 0);
const rule = 'xEvent[eventType = "commerce.purchases"].count() > 0';
let road: Road;

beforeAll(async () => {
  road = await startRoad();
  await road.ingest('profile', people.map(profileOf));
  await road.ingest('event', people.flatMap(eventsOf));
}, 60_000);
afterAll(() => road.close());

async function started(text: string): Promise<string> {
  const { startPreview: payload } = await road.run(startPreview, { input: { expression: { text } } });
  expect(payload.userErrors).toEqual([]);
  return payload.preview?.id ?? '';
}

describe('a preview', () => {
  it('tells by a subscription how many people a rule matches, and completes', async () => {
    const events = await subscribe(road.sockets, previewChanged, { id: await started(rule) }).all();
    const size = String(buyers.length);
    expect(events.at(-1)?.previewChanged).toEqual({
      state: 'RESULT_READY',
      estimate: {
        size,
        low: size,
        high: size,
        standardError: 0,
        confidence: 0.95,
        profilesRead: '40',
        profilesMatched: size,
        totalProfiles: '40',
        byNamespace: [
          { namespace: 'Email', count: size },
          { namespace: 'Phone', count: String(buyers.filter(({ hasPhone }) => hasPhone).length) },
        ],
        error: null,
      },
    });
  });

  it('shows the people that it found, page by page, with all their ids', async () => {
    const id = await started(rule);
    await subscribe(road.sockets, previewChanged, { id }).all();
    const found: string[] = [];
    for (let after: string | null = null, goesOn = true; goesOn;) {
      const { preview }: ResultOf<typeof readPreview> = await road.run(readPreview, { id, first: 15, after });
      for (const { id: xid, relatedIds } of preview?.profiles.nodes ?? []) {
        expect(relatedIds).toContain(xid);
        found.push(Buffer.from(xid, 'base64url').toString().replace('email:', ''));
      }
      after = preview?.profiles.pageInfo.endCursor ?? null;
      goesOn = preview?.profiles.pageInfo.hasNextPage === true;
    }
    expect(found.sort()).toEqual(buyers.map(({ email }) => email).sort());
  });

  it('reads state and estimate with one upstream call', async () => {
    const id = await started(rule);
    await subscribe(road.sockets, previewChanged, { id }).all();
    road.upstream.forget();
    await road.run(
      graphql(`
        query NounsPreviewEstimate($id: ID!) {
          preview(id: $id) {
            state
            estimate {
              size
            }
          }
        }
      `),
      { id },
    );
    expect(road.upstream.calls).toHaveLength(1);
  });

  it('is refused with the place of what is wrong in the rule', async () => {
    const input = { expression: { text: 'homeAddress.countryCode = = "FR"' } };
    const { startPreview: payload } = await road.run(startPreview, { input });
    expect(payload).toMatchObject({
      preview: null,
      userErrors: [{ code: 'INVALID_PQL', field: ['input', 'expression', 'text'] }],
    });
  });

  it('is null where there is none with the id', async () => {
    const { preview } = await road.run(readPreview, { id: 'MDoyOm5v' });
    expect(preview).toBeNull();
  });

  it('cannot be watched where there is none', async () => {
    const watching = subscribe(road.sockets, previewChanged, { id: 'MDoyOm5v' });
    await expect(watching.all()).rejects.toThrow('NOT_FOUND');
  });
});
