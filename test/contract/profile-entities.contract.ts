import type {
  EventPageWire,
  ProfileEntitiesWire,
  ProfileEntityWire,
} from '../../src/wire/profile-entity.wire';
import { createDataset, createDefinition, ingest, profileLine, runSegmentJob, schemas } from './data';
import type { GetTarget } from './target';
import { ask, inSandboxOfItsOwn, must, paths } from './target';

const day = (n: number): string => `2026-01-0${n}T12:00:00.000Z`;

function eventLine(name: string, index: number): string {
  return JSON.stringify({
    _id: `${name}-${index}`,
    timestamp: day(index),
    eventType: index % 2 === 0 ? 'even' : 'odd',
    identityMap: { Email: [{ id: `${name}@example.com`, primary: true }] },
    commerce: { order: { priceTotal: index * 10 } },
  });
}

const names = ['ada', 'grace', 'alan'];

/** Contract §10; in a sandbox of its own. */
export function profileEntitiesContract(target: GetTarget): void {
  const own = inSandboxOfItsOwn(target, 'entities');
  const profile = 'schema.name=_xdm.context.profile';
  const events = 'schema.name=_xdm.context.experienceevent&relatedSchema.name=_xdm.context.profile';
  const get = <T>(query: string): Promise<T> => must(own(), `GET ${paths.entities}?${query}`);
  const eventsOf = (name: string, query = ''): Promise<EventPageWire> =>
    get(`${events}&relatedEntityId=${name}@example.com&relatedEntityIdNS=Email${query}`);
  const idsOf = ({ children }: EventPageWire): readonly string[] => children.map(({ entityId }) => entityId);
  const bulk = <T>(body: object): Promise<T> => must(own(), `POST ${paths.entities}`, { body });

  let people = '';
  beforeAll(async () => {
    const rows = names.map((name) => profileLine({ name, country: 'US' }));
    people = await createDataset(own(), schemas.profile);
    await ingest(own(), people, rows);
    const lines = names.flatMap((name) => [1, 2, 3, 4, 5].map((index) => eventLine(name, index)));
    await ingest(own(), await createDataset(own(), schemas.event), lines);
  });

  test('a profile is found by an identity, in any case of its namespace, and by its XID', async () => {
    const byId = await get<ProfileEntitiesWire>(`${profile}&entityId=ada@example.com&entityIdNS=email`);
    const [xid = ''] = Object.keys(byId);
    expect(byId[xid]).toMatchObject({
      entityId: xid,
      entity: { person: { name: { firstName: 'ada' } } },
      lastModifiedAt: expect.stringMatching(/Z$/) as string,
    });
    expect(byId[xid]?.sources).toEqual([people]);
    expect(await get(`${profile}&entityId=${xid}`)).toEqual(byId);
  });

  test('the events of a person come oldest first, each with its person, its time and its fields', async () => {
    const page = await eventsOf('ada');
    expect(idsOf(page)).toEqual(['ada-1', 'ada-2', 'ada-3', 'ada-4', 'ada-5']);
    expect(page).toMatchObject({
      _page: { orderby: 'timestamp', count: 5, next: '' },
      children: [{ timestamp: Date.parse(day(1)), entity: { eventType: 'odd' } }, {}, {}, {}, {}],
      _links: { next: { href: '' } },
    });
    const [xid] = Object.keys(await get<object>(`${profile}&entityId=ada@example.com&entityIdNS=Email`));
    expect(new Set(page.children.map(({ relatedEntityId }) => relatedEntityId))).toEqual(new Set([xid]));
  });

  test.each(['&orderby=-timestamp', '&orderBy=-timestamp'])('%s turns them round', async (order) => {
    const page = await eventsOf('ada', order);
    expect([page._page.orderby, idsOf(page)[0]]).toEqual(['-timestamp', 'ada-5']);
  });

  test('a window begins with its start and ends before its end', async () => {
    const window = `&startTime=${Date.parse(day(2))}&endTime=${Date.parse(day(4))}`;
    expect(idsOf(await eventsOf('ada', window))).toEqual(['ada-2', 'ada-3']);
  });

  test.each([
    ['eventType=even', ['ada-2', 'ada-4']],
    ['eventType!=even', ['ada-1', 'ada-3', 'ada-5']],
    ['commerce.order.priceTotal>=40', ['ada-4', 'ada-5']],
    ['timestamp<="2026-01-02"', ['ada-1', 'ada-2']],
    ['timestamp<20260102', ['ada-1']],
  ])('events are found by %s', async (property, found) => {
    expect(idsOf(await eventsOf('ada', `&property=${encodeURIComponent(property)}`))).toEqual(found);
  });

  test('all of up to three filters must hold, four are refused', async () => {
    const filters = (count: number): string =>
      ['eventType=odd', 'commerce.order.priceTotal>10', 'commerce.order.priceTotal<50', 'eventType=odd']
        .slice(0, count)
        .map((filter) => `&property=${encodeURIComponent(filter)}`)
        .join('');
    expect(idsOf(await eventsOf('ada', filters(3)))).toEqual(['ada-3']);
    const query = `${events}&relatedEntityId=ada@example.com&relatedEntityIdNS=Email${filters(4)}`;
    expect((await ask(own(), `GET ${paths.entities}?${query}`)).status).toBe(400);
  });

  test.each(['', '&orderby=-timestamp', '&property=commerce.order.priceTotal%3C100'])(
    'the pages hold each event once and end with an empty link%s',
    async (further) => {
      const seen: string[] = [];
      let href = `/entities?${events}&relatedEntityId=ada@example.com&relatedEntityIdNS=Email&limit=2${further}`;
      const counts: number[] = [];
      while (href !== '') {
        const page = await must<EventPageWire>(own(), `GET /data/core/ups/access${href}`);
        seen.push(...idsOf(page));
        counts.push(page._page.count);
        href = page._links.next.href ?? '';
      }
      expect([counts, new Set(seen).size]).toEqual([[2, 2, 1], 5]);
    },
  );

  test('the pages can be followed as aepp does, by "offsets" of the link beside the first parameters', async () => {
    const base = `${events}&entityId=ada@example.com&entityIdNS=Email&relatedEntityId=ada@example.com&relatedEntityIdNS=Email&limit=3`;
    const first = await get<EventPageWire>(base);
    const offsets = new URLSearchParams(first._links.next.href?.split('?')[1]).get('offsets') ?? '';
    expect(idsOf(await get<EventPageWire>(`${base}&offsets=${offsets}`))).toEqual(['ada-4', 'ada-5']);
  });

  test('events can be cut down to fields', async () => {
    const { children } = await eventsOf('ada', '&fields=eventType&limit=1');
    expect(children[0]?.entity).toEqual({ eventType: 'odd' });
  });

  test('several profiles are answered by XID; who is not there is empty', async () => {
    const answer = await ask(own(), `POST ${paths.entities}`, {
      body: {
        schema: { name: '_xdm.context.profile' },
        fields: ['person.name.firstName'],
        identities: [
          { entityId: 'ada@example.com', entityIdNS: { code: 'Email' } },
          { entityId: 'nobody@example.com', entityIdNS: { code: 'Email' } },
        ],
        withCA: true,
      },
    });
    const found = Object.values(answer.body as Record<string, ProfileEntityWire>);
    expect(answer.status).toBe(200);
    expect(found).toMatchObject([
      {
        requestedIdentity: { entityId: 'ada@example.com', entityIdNS: { code: 'Email' } },
        entity: { person: { name: { firstName: 'ada' } } },
      },
      { sources: [''], entity: {}, lastModifiedAt: '1970-01-01T00:00:00Z' },
    ]);
    expect(found[0]?.entity).toEqual({ person: { name: { firstName: 'ada' } } });
  });

  test('events of several are pages by XID, and the link is the body that asks for the next', async () => {
    const first = await bulk<Record<string, EventPageWire>>({
      schema: { name: '_xdm.context.experienceevent' },
      relatedSchema: { name: '_xdm.context.profile' },
      identities: names.map((name) => ({ entityId: `${name}@example.com`, entityIdNS: { code: 'Email' } })),
      timeFilter: { startTime: Date.parse(day(2)) },
      limit: 3,
    });
    const pages = Object.values(first);
    expect(pages.map(idsOf)).toEqual(names.map((name) => [2, 3, 4].map((index) => `${name}-${index}`)));
    const second = await bulk<Record<string, EventPageWire>>(pages[1]?._links.next.payload ?? {});
    expect(Object.values(second).map((page) => [idsOf(page), page._links.next])).toEqual([[['grace-5'], {}]]);
  });

  test('a profile tells its segments', async () => {
    const { id } = await createDefinition(own(), 'person.name.firstName = "ada"');
    await runSegmentJob(own(), [id]);
    const found = await get<ProfileEntitiesWire>(
      `${profile}&entityId=ada@example.com&entityIdNS=Email&fields=segmentMembership`,
    );
    expect(Object.values(found)[0]?.entity).toEqual({
      segmentMembership: {
        ups: { [id]: { status: 'realized', lastQualificationTime: expect.any(String) as string } },
      },
    });
  });

  test.each([
    ['no schema', 'entityId=x&entityIdNS=Email'],
    ['another schema', 'schema.name=_xdm.context.account&entityId=x&entityIdNS=Email'],
    ['no id', profile],
    ['an id that is no XID', `${profile}&entityId=x`],
    ['another relation', `schema.name=_xdm.context.experienceevent&relatedSchema.name=x&relatedEntityId=x`],
    ['a cursor of somebody else', `${events}&entityId=ada@example.com&entityIdNS=Email&start=!!`],
    ['an order by something else', `${events}&entityId=ada@example.com&entityIdNS=Email&orderby=name`],
    ['a parameter that is not there', `${profile}&entityId=x&entityIdNS=Email&filter=y`],
  ])('%s is a 400 of family E', async (_what, query) => {
    const answer = await ask(own(), `GET ${paths.entities}?${query}`);
    expect([answer.status, answer.body]).toMatchObject([400, { statusCode: '400' }]);
  });

  test('a wrong body of a POST tells the fields', async () => {
    const answer = await ask(own(), `POST ${paths.entities}`, { body: { identities: [] } });
    expect([answer.status, answer.body]).toMatchObject([
      400,
      { message: 'schema must be there; identities must name at least one identity.' },
    ]);
  });

  test('a deleted profile is gone with its events, for every merge policy; one that comes again is there again', async () => {
    const query = `${profile}&entityId=alan@example.com&entityIdNS=Email`;
    const status = async (): Promise<number> => (await ask(own(), `GET ${paths.entities}?${query}`)).status;
    const deleted = await ask(own(), `DELETE ${paths.entities}?${query}`);
    expect([deleted.status, deleted.bytes.length]).toEqual([202, 0]);
    expect(await status()).toBe(404);
    expect((await ask(own(), `DELETE ${paths.entities}?${query}`)).status).toBe(404);
    const relation = `${events}&relatedEntityId=alan@example.com&relatedEntityIdNS=Email`;
    expect((await ask(own(), `GET ${paths.entities}?${relation}`)).status).toBe(404);
    expect(idsOf(await eventsOf('ada'))).toHaveLength(5);
    const again = [profileLine({ name: 'alan', country: 'GB' })];
    await ingest(own(), await createDataset(own(), schemas.profile), again);
    expect(await status()).toBe(200);
    expect((await eventsOf('alan')).children).toEqual([]);
  });

  test('of several identities one that is linked to too many others is a part of a 207', async () => {
    const crowd = Array.from({ length: 51 }, (_, index) => ({ id: `crowd-${index}` }));
    const line = JSON.stringify({
      identityMap: { CRM: [{ id: 'crowd', primary: true }], Phone: crowd },
      person: { name: { firstName: 'crowd' } },
    });
    await ingest(own(), await createDataset(own(), schemas.profile), [line]);
    const policy = await must<{ id: string }>(own(), `POST /data/core/ups/config/mergePolicies`, {
      body: {
        name: 'graph',
        schema: { name: '_xdm.context.profile' },
        identityGraph: { type: 'pdg' },
        attributeMerge: { type: 'timestampOrdered' },
      },
    });
    const answer = await ask(own(), `POST ${paths.entities}`, {
      body: {
        schema: { name: '_xdm.context.profile' },
        mergePolicyId: policy.id,
        identities: [
          { entityId: 'crowd', entityIdNS: { code: 'CRM' } },
          { entityId: 'ada@example.com', entityIdNS: { code: 'Email' } },
        ],
      },
    });
    expect([answer.status, answer.body]).toMatchObject([
      207,
      [
        { xid: expect.any(String) as string, error: { statusCode: '422' } },
        { xid: expect.any(String) as string, entity: { person: { name: { firstName: 'ada' } } } },
      ],
    ]);
  });

  test('another sandbox sees nobody', async () => {
    const headers = { 'x-sandbox-name': `${own().headers['x-sandbox-name'] ?? ''}-x` };
    const query = `${profile}&entityId=ada@example.com&entityIdNS=Email`;
    expect((await ask(own(), `GET ${paths.entities}?${query}`, { headers })).status).toBe(404);
    expect((await ask(own(), `DELETE ${paths.entities}?${query}`, { headers })).status).toBe(404);
    expect((await ask(own(), `GET ${paths.entities}?${query}`)).status).toBe(200);
  });

  test('a deletion counts for the next job', async () => {
    const { id } = await createDefinition(own(), 'person.name.firstName = "grace"');
    expect((await runSegmentJob(own(), [id])).metrics?.segmentedProfileCounter?.[id]).toBe(1);
    await must(own(), `DELETE ${paths.entities}?${profile}&entityId=grace@example.com&entityIdNS=Email`);
    expect((await runSegmentJob(own(), [id])).metrics?.segmentedProfileCounter?.[id]).toBe(0);
  });
}
