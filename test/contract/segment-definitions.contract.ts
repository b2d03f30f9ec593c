import type {
  SegmentDefinitionListWire,
  SegmentDefinitionWire,
} from '../../src/wire/segment-definition.wire';
import { createDefinition, definitionBody, inUs } from './data';
import type { Lacks } from './needs';
import { testNeeding } from './needs';
import type { GetTarget } from './target';
import { ask, must, paths } from './target';

/** Contract §4. */
export function segmentDefinitionsContract(target: GetTarget, lacks: Lacks): void {
  test('create answers 200, the whole resource, and where it is', async () => {
    const answer = await ask(target(), `POST ${paths.definitions}`, { body: definitionBody() });
    const body = answer.body as SegmentDefinitionWire;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-location')).toBe(`${target().url}${paths.definitions}/${body.id}`);
    expect(body).toMatchObject({
      schema: { name: '_xdm.context.profile' },
      expression: { type: 'PQL', format: 'pql/text', value: inUs },
      evaluationInfo: {
        batch: { enabled: true },
        continuous: { enabled: false },
        synchronous: { enabled: false },
      },
      mergePolicyId: expect.any(String) as string,
      imsOrgId: target().headers['x-gw-ims-org-id'],
    });
    expect(body.updateEpoch).toBe(Math.floor((body.updateTime ?? 0) / 1000));
    expect(await must(target(), `GET ${paths.definitions}/${body.id}`)).toEqual(body);
  });

  test('a name that is taken is a 422', async () => {
    const body = definitionBody();
    await must(target(), `POST ${paths.definitions}`, { body });
    expect((await ask(target(), `POST ${paths.definitions}`, { body })).status).toBe(422);
  });

  test('bad PQL is a 400 whose items say where and what', async () => {
    const answer = await ask(target(), `POST ${paths.definitions}`, {
      body: definitionBody('homeAdress.countryCode = "US"'),
    });
    const { errors } = answer.body as { errors: Record<string, { code: string }[]> };
    expect(answer.status).toBe(400);
    expect(errors['400']?.[0]).toMatchObject({
      code: 'unknown-attribute',
      from: 0,
      line: 1,
      column: 1,
      suggestion: 'homeAddress',
    });
  });

  test('a merge policy that is not there is a 400', async () => {
    const answer = await ask(target(), `POST ${paths.definitions}`, {
      body: { ...definitionBody(), mergePolicyId: 'none-such' },
    });
    expect(answer.status).toBe(400);
  });

  test('patch merges a plain object and keeps what was not sent', async () => {
    const before = await createDefinition(target());
    const after = await must<SegmentDefinitionWire>(target(), `PATCH ${paths.definitions}/${before.id}`, {
      body: {
        id: 'ignored',
        description: 'in the US',
        evaluationInfo: { continuous: { enabled: true } },
        creationTime: 0,
      },
    });
    expect(after).toMatchObject({
      id: before.id,
      name: before.name,
      expression: before.expression,
      description: 'in the US',
      creationTime: before.creationTime,
    });
    expect(after.evaluationInfo?.continuous).toEqual({ enabled: true });
  });

  test('patch refuses JSON Patch, a bad rule and the name of another', async () => {
    const [one, other] = [await createDefinition(target()), await createDefinition(target())];
    const patch = (body: unknown): Promise<number> =>
      ask(target(), `PATCH ${paths.definitions}/${one.id}`, { body }).then(({ status }) => status);
    expect(await patch([{ op: 'add', path: '/name', value: 'x' }])).toBe(400);
    expect(await patch({ expression: { type: 'PQL', format: 'pql/text', value: 'nonsense nonsense' } })).toBe(
      400,
    );
    expect(await patch({ name: other.name })).toBe(422);
    expect(await patch({ name: one.name })).toBe(200);
  });

  test('delete answers 200 with a body, then it is gone', async () => {
    const { id } = await createDefinition(target());
    expect((await ask(target(), `DELETE ${paths.definitions}/${id}`)).body).toMatchObject({ status: true });
    expect((await ask(target(), `GET ${paths.definitions}/${id}`)).status).toBe(404);
    expect((await ask(target(), `DELETE ${paths.definitions}/${id}`)).status).toBe(404);
  });

  test('a rule that names a segment which is not there is a 400 that says where', async () => {
    const { name, id } = await createDefinition(target());
    const fault = async (rule: string): Promise<unknown> => {
      const answer = await ask(target(), `POST ${paths.definitions}`, { body: definitionBody(rule) });
      expect(answer.status).toBe(400);
      return (answer.body as { errors: Record<string, unknown[]> }).errors['400']?.[0];
    };
    expect(await fault(`${inUs} and inSegment("none-such")`)).toMatchObject({
      code: 'unknown-segment',
      from: inUs.length + ' and inSegment('.length,
      to: inUs.length + ' and inSegment("none-such"'.length,
    });
    expect(await fault(`inSegment("${name}")`)).toMatchObject({ code: 'unknown-segment', suggestion: id });
  });

  test('a rule that leans on itself, also round a circle, is a 400 that names the circle', async () => {
    const one = await createDefinition(target());
    const two = await createDefinition(target(), `not(inSegment("${one.id}"))`);
    const three = await createDefinition(target(), `inSegment("${two.id}") or inSegment("${one.id}")`);
    const change = async (rule: string): Promise<unknown> => {
      const body = { expression: { type: 'PQL', format: 'pql/text', value: rule } };
      const answer = await ask(target(), `PATCH ${paths.definitions}/${one.id}`, { body });
      expect(answer.status).toBe(400);
      return (answer.body as { errors: Record<string, unknown[]> }).errors['400'];
    };
    expect(await change(`inSegment("${one.id}")`)).toMatchObject([{ code: 'segment-circle', from: 10 }]);
    expect(await change(`${inUs} and inSegment("${three.id}")`)).toMatchObject([
      {
        code: 'segment-circle',
        from: inUs.length + ' and inSegment('.length,
        message: expect.stringMatching(`${one.name}.*→.*${three.name}.*→.*→.*${one.name}`) as string,
      },
    ]);
    expect(await must(target(), `GET ${paths.definitions}/${one.id}`)).toEqual(one);
  });

  test('of two changes at once that would make a circle, one is refused', async () => {
    const one = await createDefinition(target());
    const two = await createDefinition(target());
    const lean = (on: SegmentDefinitionWire, of: SegmentDefinitionWire): Promise<number> =>
      ask(target(), `PATCH ${paths.definitions}/${of.id}`, {
        body: { expression: { type: 'PQL', format: 'pql/text', value: `inSegment("${on.id}")` } },
      }).then(({ status }) => status);
    expect((await Promise.all([lean(one, two), lean(two, one)])).sort()).toEqual([200, 400]);
  });

  test('a definition that others lean on stays until they are gone', async () => {
    const needed = await createDefinition(target());
    const value = JSON.stringify({
      nodeType: 'fnApply',
      fnName: 'inSegment',
      params: [{ nodeType: 'literal', literalType: 'String', value: needed.id }],
    });
    const leaning = await must<SegmentDefinitionWire>(target(), `POST ${paths.definitions}`, {
      body: { ...definitionBody(), expression: { type: 'PQL', format: 'pql/json', value } },
    });
    const refused = await ask(target(), `DELETE ${paths.definitions}/${needed.id}`);
    expect(refused.status).toBe(400);
    expect(refused.bytes.toString()).toContain(leaning.id);
    await must(target(), `DELETE ${paths.definitions}/${leaning.id}`);
    expect((await ask(target(), `DELETE ${paths.definitions}/${needed.id}`)).status).toBe(200);
  });

  test('bulk-get answers 207 with those that exist', async () => {
    const { id } = await createDefinition(target());
    const answer = await ask(target(), `POST ${paths.definitions}/bulk-get`, {
      body: { ids: [{ id }, { id: 'unknown' }] },
    });
    expect([answer.status, Object.keys((answer.body as { results: object }).results)]).toEqual([207, [id]]);
  });

  test.each([0, 101])('bulk-get of %d ids is a 400', async (count) => {
    const ids = Array.from({ length: count }, (_, index) => ({ id: `id-${index}` }));
    const answer = await ask(target(), `POST ${paths.definitions}/bulk-get`, { body: { ids } });
    expect([answer.status, answer.body]).toMatchObject([
      400,
      { type: 'https://ns.adobe.com/aep/errors/UPAPI-113015-400' },
    ]);
  });

  test('the pages of the list hold each definition once, newest first, and end with an empty link', async () => {
    for (let count = 0; count < 3; count += 1) await createDefinition(target());
    const seen: string[] = [];
    const times: number[] = [];
    let next: string | undefined = '/segment/definitions?limit=2';
    while (next !== undefined) {
      const page: SegmentDefinitionListWire = await must(target(), `GET /data/core/ups${next}`);
      seen.push(...page.segments.map(({ id }) => id));
      times.push(...page.segments.map(({ creationTime = 0 }) => creationTime));
      if (page.link.next === undefined) expect(seen).toHaveLength(page.page.totalCount);
      next = page.link.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(times).toEqual([...times].sort((one, other) => other - one));
  });

  test('page 0 and page 1 are the first page, page 2 the next', async () => {
    await createDefinition(target());
    await createDefinition(target());
    const page = async (number: number): Promise<string | undefined> =>
      (await must<SegmentDefinitionListWire>(target(), `GET ${paths.definitions}?limit=1&page=${number}`))
        .segments[0]?.id;
    const [zero, first, second] = [await page(0), await page(1), await page(2)];
    expect(zero).toBe(first);
    expect(second).not.toBe(first);
  });

  test('the list can be sorted by name and filtered by streaming', async () => {
    await must(target(), `POST ${paths.definitions}`, {
      body: { ...definitionBody(), evaluationInfo: { continuous: { enabled: true } } },
    });
    const sorted = await must<SegmentDefinitionListWire>(target(), `GET ${paths.definitions}?sort=name:asc`);
    const names = sorted.segments.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    const streaming = await must<SegmentDefinitionListWire>(
      target(),
      `GET ${paths.definitions}?evaluationInfo.continuous.enabled=true`,
    );
    expect(streaming.segments.map(({ evaluationInfo }) => evaluationInfo?.continuous?.enabled)).not.toContain(
      false,
    );
    expect(streaming.page.totalCount).toBeLessThan(sorted.page.totalCount);
  });

  test('the list can be sorted by several keys, the earlier before the later', async () => {
    const named = async (description: string): Promise<string> =>
      (
        await must<SegmentDefinitionWire>(target(), `POST ${paths.definitions}`, {
          body: { ...definitionBody(), description },
        })
      ).id;
    const ids = [await named('first'), await named('second')];
    const order = async (sort: string): Promise<readonly string[]> => {
      const found: string[] = [];
      let next: string | undefined = `/segment/definitions?limit=100&sort=${sort}`;
      while (next !== undefined) {
        const page: SegmentDefinitionListWire = await must(target(), `GET /data/core/ups${next}`);
        found.push(...page.segments.map(({ id }) => id));
        next = page.link.next;
      }
      return found.filter((id) => ids.includes(id));
    };
    const up = await order('creationTime:asc,name:desc');
    expect([up.length, await order('creationTime:desc,name:asc')]).toEqual([2, [...up].reverse()]);
  });

  test.each(['true', 'True'])('a filter by a claim takes %s', async (value) => {
    const { status } = await ask(
      target(),
      `GET ${paths.definitions}?limit=100&evaluationInfo.continuous.enabled=${value}`,
    );
    expect(status).toBe(200);
  });

  test.each([
    ['attributes alone', inUs, true],
    ['an event of the last day', 'xEvent[eventType = "buy" and timestamp occurs < 1 day before now]', true],
    [
      'an event of the last week',
      'xEvent[eventType = "buy" and timestamp occurs < 7 days before now]',
      false,
    ],
    ['an event of any time', 'xEvent[eventType = "buy"]', false],
    ['no event', 'not(xEvent[timestamp occurs < 1 hours before now])', false],
  ])('a rule on %s can be streamed or is evaluated in batch', async (_what, rule, streams) => {
    const { evaluationInfo } = await must<SegmentDefinitionWire>(target(), `POST ${paths.definitions}`, {
      body: {
        ...definitionBody(rule),
        evaluationInfo: { batch: { enabled: false }, continuous: { enabled: true } },
      },
    });
    expect(evaluationInfo).toEqual({
      batch: { enabled: !streams },
      continuous: { enabled: streams },
      synchronous: { enabled: false },
    });
  });

  test('the edge wants a merge policy that is active there', async () => {
    const { evaluationInfo } = await must<SegmentDefinitionWire>(target(), `POST ${paths.definitions}`, {
      body: { ...definitionBody(), evaluationInfo: { synchronous: { enabled: true } } },
    });
    expect([evaluationInfo?.batch, evaluationInfo?.synchronous]).toEqual([
      { enabled: true },
      { enabled: false },
    ]);
  });

  test('what is said of governance and of the expression comes back; null is not said', async () => {
    const sent = definitionBody() as { expression: object };
    const body = {
      ...sent,
      description: null,
      payloadSchema: 'string',
      expression: { ...sent.expression, meta: 'm' },
      dataGovernancePolicy: { excludeOptOut: false },
      ttlInDays: 30,
    };
    const kept = await must<SegmentDefinitionWire>(target(), `POST ${paths.definitions}`, { body });
    expect(kept).toMatchObject({
      expression: { meta: 'm' },
      dataGovernancePolicy: { excludeOptOut: false },
      ttlInDays: 30,
    });
    expect(kept).not.toHaveProperty('description');
    expect(kept).not.toHaveProperty('payloadSchema');
  });

  test('bulk-get takes the ids themselves, as clients put them into a bare list', async () => {
    const { id } = await createDefinition(target());
    const answer = await ask(target(), `POST ${paths.definitions}/bulk-get`, { body: [id] });
    expect([answer.status, Object.keys((answer.body as { results: object }).results)]).toEqual([207, [id]]);
  });

  test('JSON that is called text is read, as Postman sends it', async () => {
    const answer = await ask(target(), `POST ${paths.definitions}`, {
      body: definitionBody(),
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.status).toBe(200);
  });

  testNeeding('orgs', lacks)('another org sees none of it', async () => {
    const { id } = await createDefinition(target());
    const headers = { 'x-gw-ims-org-id': 'STRANGER@AdobeOrg' };
    expect((await ask(target(), `GET ${paths.definitions}/${id}`, { headers })).status).toBe(404);
    expect((await ask(target(), `GET ${paths.definitions}`, { headers })).body).toMatchObject({
      segments: [],
      page: { totalCount: 0 },
    });
  });
}
