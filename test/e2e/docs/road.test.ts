import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse, print } from 'graphql';
import { firstOperations } from '../../../src/server/first-operations';
import { codeBlocksOf } from '../../support/markdown';
import { createShopPeople, eventsOf, profileOf } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';
import { subscribe } from '../../support/subscriber';

/** What an operation that is only known as text answers. */
type Anything = Record<string, Record<string, Record<string, unknown>>>;
type Untyped = TypedDocumentNode<Anything, Record<string, unknown>>;

const people = createShopPeople(300);
const memberCount = people.filter(({ country, purchases }) => country === 'FR' && purchases >= 2).length;

describe('the road by hand', () => {
  let road: Road;
  beforeAll(async () => {
    road = await startRoad();
    await road.ingest('profile', people.map(profileOf));
    await road.ingest('event', people.flatMap(eventsOf));
  });
  afterAll(() => road.close());

  it('is the same in docs/road.md as in the tabs of GraphiQL', () => {
    const shown = codeBlocksOf('docs/road.md').filter(({ language }) => language === 'graphql');
    expect(shown.map(({ code }) => print(parse(code)))).toEqual(
      firstOperations.map(({ document }) => print(parse(document))),
    );
  });

  it('runs from the first step to the last as it stands', async () => {
    const ids: Record<string, string> = {};
    const answers: unknown[] = [];
    for (const { document } of firstOperations) {
      const operation = parse(document.replaceAll(/[A-Z_]+_ID/g, (word) => ids[word] ?? word)) as Untyped;
      const isSubscription = document.startsWith('subscription');
      const answer = isSubscription
        ? (await subscribe(road.sockets, operation, {}).all()).at(-1)
        : await road.run(operation, {});
      answers.push(answer);
      if (answer !== undefined) rememberIds(answer, ids);
    }
    expect(JSON.stringify(answers.at(2))).toContain(`"size":"${memberCount}"`);
    expect(answers.at(-1)).toMatchObject({ exportJob: { exportedProfiles: String(memberCount) } });
  });
});

function rememberIds(answer: Anything, ids: Record<string, string>): void {
  const words = { segment: 'SEGMENT_ID', segmentJob: 'SEGMENT_JOB_ID', exportJob: 'EXPORT_JOB_ID' };
  for (const payload of Object.values(answer)) {
    for (const [field, word] of Object.entries(words)) {
      const id = payload[field]?.['id'];
      if (typeof id === 'string') ids[word] = id;
    }
  }
}
