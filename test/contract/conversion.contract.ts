import type { ConversionWire, SegmentDefinitionWire } from '../../src/wire/segment-definition.wire';
import type { SegmentJobWire } from '../../src/wire/segment-job.wire';
import { definitionBody, inUs } from './data';
import type { Lacks } from './needs';
import { testNeeding } from './needs';
import type { GetTarget } from './target';
import { ask, must, paths, terminal, untilAnswer } from './target';

const expressionOf = (format: string, value: string): object => ({
  ...definitionBody(),
  expression: { type: 'PQL', format, value },
});

const profile = { nodeType: 'parameterReference', position: 1 };
const country = {
  nodeType: 'fieldLookup',
  fieldName: 'countryCode',
  object: { nodeType: 'fieldLookup', fieldName: 'homeAddress', object: profile },
};
const tree = {
  nodeType: 'fnApply',
  fnName: '=',
  params: [country, { nodeType: 'literal', literalType: 'String', value: 'US' }],
};

/** Contract §4.7, and pql/json in §4.2 to §4.4. */
export function conversionContract(target: GetTarget, lacks: Lacks): void {
  const convert = (format: string, value: string): Promise<ConversionWire> =>
    must(target(), `POST ${paths.conversion}`, { body: expressionOf(format, value) });

  test('conversion makes a tree of text, with whose it is and without an id', async () => {
    const answer = await convert('pql/text', inUs);
    expect(answer).toMatchObject({
      imsOrgId: target().headers['x-gw-ims-org-id'],
      sandbox: { sandboxName: target().headers['x-sandbox-name'] },
      expression: { type: 'PQL', format: 'pql/json' },
    });
    expect(JSON.parse(answer.expression.value)).toEqual(tree);
    expect(answer).not.toHaveProperty('id');
  });

  test('conversion makes text of a tree, also of one that calls itself text', async () => {
    for (const format of ['pql/json', 'pql/text']) {
      const { expression } = await convert(format, JSON.stringify(tree));
      expect(expression).toEqual({ type: 'PQL', format: 'pql/text', value: inUs });
    }
  });

  test('conversion gives description and time to live back, and keeps nothing', async () => {
    const body = {
      ...expressionOf('pql/text', inUs),
      description: 'in the US',
      ttlInDays: 30,
      imsOrgId: 'ignored',
    };
    expect(await must(target(), `POST ${paths.conversion}`, { body })).toMatchObject({
      description: 'in the US',
      ttlInDays: 30,
      schema: { name: '_xdm.context.profile' },
    });
    const { name } = body as unknown as { name: string };
    const kept = await must<{ segments: SegmentDefinitionWire[] }>(target(), `GET ${paths.definitions}`);
    expect(kept.segments.map((definition) => definition.name)).not.toContain(name);
  });

  test.each([
    ['pql/text', 'homeAddress.countryCode ='],
    ['pql/json', '{"nodeType":"fnApply"}'],
    ['pql/json', '{"nodeType":'],
    ['pql/json', '{"nodeType":"fnApply","fnName":"nope","params":[]}'],
    ['pql/json', '[]'],
    ['pql/json', '5'],
    ['pql/text', 'nope(homeAddress.countryCode)'],
  ])('conversion refuses a bad rule as %s: %s', async (format, value) => {
    const answer = await ask(target(), `POST ${paths.conversion}`, { body: expressionOf(format, value) });
    expect([answer.status, answer.body]).toMatchObject([
      400,
      { errors: { '400': [{ from: expect.any(Number) as number }] } },
    ]);
  });

  test('conversion refuses what is no definition, and other methods', async () => {
    expect((await ask(target(), `POST ${paths.conversion}`, { body: {} })).status).toBe(400);
    expect((await ask(target(), `GET ${paths.conversion}`)).status).toBe(405);
  });

  test('a definition keeps a tree as it came, whatever it calls itself', async () => {
    const value = JSON.stringify(tree, null, 1);
    for (const format of ['pql/json', 'pql/text']) {
      const body = expressionOf(format, value);
      const made = await must<SegmentDefinitionWire>(target(), `POST ${paths.definitions}`, { body });
      expect(made.expression).toEqual({ type: 'PQL', format, value });
      const path = `${paths.definitions}/${made.id}`;
      expect(await must(target(), `GET ${path}`)).toMatchObject({ expression: { value } });
    }
  });

  testNeeding('people', lacks)('a definition that is a tree is evaluated as its text', async () => {
    const counted: unknown[] = [];
    for (const [format, value] of [
      ['pql/text', inUs],
      ['pql/json', JSON.stringify(tree)],
    ] as const) {
      const body = expressionOf(format, value);
      const { id } = await must<SegmentDefinitionWire>(target(), `POST ${paths.definitions}`, { body });
      const job = await must<SegmentJobWire>(target(), `POST ${paths.segmentJobs}`, {
        body: [{ segmentId: id }],
      });
      const done = await untilAnswer<SegmentJobWire>(
        target(),
        `GET ${paths.segmentJobs}/${job.id}`,
        ({ status }) => terminal.includes(status),
      );
      expect(done.status).toBe('SUCCEEDED');
      counted.push(done.metrics?.segmentedProfileCounter?.[id]);
    }
    expect(counted).toEqual([3, 3]);
  });

  test('a definition is refused for a bad tree with a JSON pointer, for a wrong name in it with a suggestion', async () => {
    const post = async (broken: object): Promise<unknown> => {
      const body = expressionOf('pql/json', JSON.stringify(broken));
      const answer = await ask(target(), `POST ${paths.definitions}`, { body });
      expect(answer.status).toBe(400);
      return (answer.body as { errors: Record<string, unknown[]> }).errors['400']?.[0];
    };
    expect(await post({ ...tree, params: [5, country] })).toMatchObject({
      code: 'invalid-tree',
      message: expect.stringContaining('/params/0') as string,
    });
    expect(await post({ ...country, fieldName: 'countyCode' })).toMatchObject({
      code: 'unknown-attribute',
      suggestion: 'countryCode',
    });
  });
}
