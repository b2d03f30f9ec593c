import { UpstreamConflict, UpstreamRejected, UpstreamUnavailable } from '../../../src/errors/upstream-error';
import type { UpstreamProblemItem } from '../../../src/errors/upstream-error';
import type {
  SegmentDefinitionBodyWire,
  SegmentDefinitionWire,
} from '../../../src/wire/segment-definition.wire';
import { createTestContext, pageOf, runQuery } from '../../support/run-query';

const [on, off] = [{ enabled: true }, { enabled: false }];
const definition: SegmentDefinitionWire = {
  id: 's1',
  name: 'Ada’s',
  schema: { name: '_xdm.context.profile' },
  expression: { type: 'PQL', format: 'pql/text', value: 'person.birthYear > 1800' },
};
const create = `mutation ($input: CreateSegmentInput!) { createSegment(input: $input) {
  segment { id evaluation } userErrors { code message field hint diagnostics { code from to line column suggestion } } } }`;
const input = { name: 'Ada’s', expression: { text: 'person.birthYear > 1800' } };

function refusal(status: number, problems: readonly UpstreamProblemItem[] = []): UpstreamRejected {
  return new UpstreamRejected('Refused.', { service: 'segmentation', status, problems });
}

async function userErrorsOf(error: Error): Promise<unknown> {
  const segmentDefinitions = { create: () => Promise.reject(error) };
  const { data } = await runQuery(create, createTestContext({ sources: { segmentDefinitions } }), { input });
  return (data as { createSegment: { userErrors: unknown } }).createSegment.userErrors;
}

describe('createSegment', () => {
  it('sends the rule upstream and answers with the segment', async () => {
    const sent: SegmentDefinitionBodyWire[] = [];
    const segmentDefinitions = {
      create: (body: SegmentDefinitionBodyWire) => {
        sent.push(body);
        return Promise.resolve(definition);
      },
    };
    const { data } = await runQuery(create, createTestContext({ sources: { segmentDefinitions } }), {
      input,
    });
    expect(data).toEqual({ createSegment: { segment: { id: 's1', evaluation: ['BATCH'] }, userErrors: [] } });
    expect(sent).toEqual([
      {
        name: 'Ada’s',
        schema: { name: '_xdm.context.profile' },
        expression: { type: 'PQL', format: 'pql/text', value: 'person.birthYear > 1800' },
      },
    ]);
  });

  it('refuses a rule that does not parse without asking the upstream', async () => {
    const { data } = await runQuery(create, createTestContext(), {
      input: { ...input, expression: { text: 'person.birthYear >' } },
    });
    expect(data).toMatchObject({
      createSegment: {
        segment: null,
        userErrors: [
          {
            code: 'INVALID_PQL',
            field: ['input', 'expression', 'text'],
            hint: 'Mend the rule at the places that diagnostics names.',
            diagnostics: [{ from: 18, line: 1 }],
          },
        ],
      },
    });
  });

  it('saves a tree, and gives it back in words too', async () => {
    const json = { nodeType: 'literal', literalType: 'Boolean', value: true };
    const sent: unknown[] = [];
    const segmentDefinitions = {
      create: (body: { readonly expression: typeof definition.expression }) => {
        sent.push(body.expression);
        return Promise.resolve({ ...definition, expression: body.expression });
      },
    };
    const { data } = await runQuery(
      `mutation ($input: CreateSegmentInput!) { createSegment(input: $input) {
        segment { expression { format value text } } userErrors { message } } }`,
      createTestContext({ sources: { segmentDefinitions } }),
      { input: { ...input, expression: { json } } },
    );
    expect(sent).toEqual([{ type: 'PQL', format: 'pql/json', value: JSON.stringify(json) }]);
    expect(data).toMatchObject({
      createSegment: {
        segment: { expression: { format: 'JSON', value: JSON.stringify(json), text: 'true' } },
        userErrors: [],
      },
    });
  });

  it('refuses a tree that cannot be read without asking the upstream', async () => {
    const { data } = await runQuery(create, createTestContext(), {
      input: { ...input, expression: { json: { nodeType: 'fnApply' } } },
    });
    expect(data).toMatchObject({
      createSegment: { userErrors: [{ code: 'INVALID_PQL', field: ['input', 'expression', 'json'] }] },
    });
  });

  it('lets an attribute pass that only the upstream’s schema may know', async () => {
    const segmentDefinitions = { create: () => Promise.resolve(definition) };
    const { data } = await runQuery(create, createTestContext({ sources: { segmentDefinitions } }), {
      input: { ...input, expression: { text: '_acme.points > 3' } },
    });
    expect(data).toMatchObject({ createSegment: { userErrors: [] } });
  });

  it('gives the places of the upstream’s own complaints', async () => {
    const problem = {
      code: 'unknown-attribute',
      message: 'Unknown.',
      from: 3,
      to: 5,
      line: 1,
      column: 4,
      suggestion: 'x',
    };
    expect(await userErrorsOf(refusal(400, [problem]))).toEqual([
      {
        code: 'INVALID_PQL',
        message: 'Unknown.',
        field: ['input', 'expression', 'text'],
        hint: 'Did you mean x?',
        diagnostics: [{ code: 'unknown-attribute', from: 3, to: 5, line: 1, column: 4, suggestion: 'x' }],
      },
    ]);
  });

  it('does not take a 422 to a deletion for a name that is taken', async () => {
    const segmentDefinitions = { delete: () => Promise.reject(refusal(422)) };
    const { data } = await runQuery(
      'mutation { deleteSegment(id: "s1") { userErrors { code field } } }',
      createTestContext({ sources: { segmentDefinitions } }),
    );
    expect(data).toEqual({ deleteSegment: { userErrors: [{ code: 'UPSTREAM_REJECTED', field: null }] } });
  });

  it.each([
    ['a name that is taken', refusal(422), 'NAME_TAKEN', ['input', 'name']],
    [
      'a conflict',
      new UpstreamConflict('Changed.', { service: 'segmentation', status: 412 }),
      'CONFLICT',
      null,
    ],
    ['any other refusal', refusal(400, [{ code: null, message: 'No.' }]), 'UPSTREAM_REJECTED', null],
  ])('makes %s a user error', async (_name, error, code, field) => {
    expect(await userErrorsOf(error)).toMatchObject([{ code, field }]);
  });

  it.each([
    ['no way of evaluation', { evaluation: [] }, ['input', 'evaluation']],
    [
      'a rule that cannot stream',
      {
        evaluation: ['STREAMING'],
        expression: { text: 'chain(xEvent, timestamp, [A: WHAT(eventType = "a")])' },
      },
      ['input', 'evaluation'],
    ],
    ['half a character', { name: 'a\ud800' }, ['input', 'name']],
    ['a control character', { name: 'a\u0000b' }, ['input', 'name']],
  ])('refuses %s before anything is written', async (_name, given, field) => {
    const { data } = await runQuery(create, createTestContext(), { input: { ...input, ...given } });
    expect(data).toMatchObject({
      createSegment: { segment: null, userErrors: [{ code: 'INVALID_INPUT', field }] },
    });
  });

  it('says where the upstream kept fewer ways of evaluation than were asked for', async () => {
    const segmentDefinitions = { create: () => Promise.resolve(definition) };
    const { data } = await runQuery(create, createTestContext({ sources: { segmentDefinitions } }), {
      input: { ...input, evaluation: ['BATCH', 'EDGE'] },
    });
    expect(data).toMatchObject({
      createSegment: {
        segment: { id: 's1', evaluation: ['BATCH'] },
        userErrors: [
          {
            code: 'UPSTREAM_REJECTED',
            field: ['input', 'evaluation'],
            message: 'The segment is saved, but the upstream evaluates it by BATCH only, not by EDGE.',
          },
        ],
      },
    });
  });

  it.each([
    ['a rule', 'expression: { text: "xEvent.count() > 3" }', 1],
    ['a merge policy', 'mergePolicyId: "m2"', 1],
    ['a name', 'name: "B"', 0],
    ['a rule and its evaluation', 'expression: { text: "xEvent.count() > 3" }, evaluation: [BATCH]', 0],
  ])('says what way of evaluation is given up for %s that is given alone', async (_what, given, told) => {
    const streaming = { ...definition, evaluationInfo: { batch: off, continuous: on, synchronous: off } };
    const inBatch = { ...definition, evaluationInfo: { batch: on, continuous: off, synchronous: off } };
    const reads: string[] = [];
    const segmentDefinitions = {
      find: (id: string) => {
        reads.push(id);
        return Promise.resolve(streaming);
      },
      update: () => Promise.resolve(inBatch),
    };
    const { data } = await runQuery(
      `mutation { updateSegment(input: { id: "s1", ${given} }) { segment { evaluation } userErrors { code message field hint } } }`,
      createTestContext({ sources: { segmentDefinitions } }),
    );
    const lost = {
      code: 'UPSTREAM_REJECTED',
      field: ['input', 'evaluation'],
      message:
        'The segment is saved, but the upstream evaluates it by BATCH only: no longer by STREAMING, which what was changed does not allow.',
      hint: 'Change it back, or say evaluation: [BATCH] if that is meant.',
    };
    expect(data).toEqual({
      updateSegment: { segment: { evaluation: ['BATCH'] }, userErrors: told === 1 ? [lost] : [] },
    });
    expect(reads).toHaveLength(told);
  });

  it('has nothing to do where nothing is to change', async () => {
    const { data } = await runQuery(
      'mutation { updateSegment(input: { id: "s1", name: null }) { userErrors { code field } } }',
      createTestContext(),
    );
    expect(data).toEqual({ updateSegment: { userErrors: [{ code: 'INVALID_INPUT', field: ['input'] }] } });
  });

  it('ends with an error where nobody can mend the request', async () => {
    const away = new UpstreamUnavailable('Away.', { service: 'segmentation', status: 503 });
    const segmentDefinitions = { create: () => Promise.reject(away) };
    const result = await runQuery(create, createTestContext({ sources: { segmentDefinitions } }), { input });
    expect(result.data).toBeNull();
    expect(result.errors).toHaveLength(1);
  });

  it('takes exactly one form of the rule', async () => {
    const both = { ...input, expression: { text: 'true', json: {} } };
    expect((await runQuery(create, createTestContext(), { input: both })).errors?.[0]?.message).toMatch(
      /Exactly one key/,
    );
    const none = { ...input, expression: {} };
    expect((await runQuery(create, createTestContext(), { input: none })).errors?.[0]?.message).toMatch(
      /Exactly one key/,
    );
  });
});

describe('checkPql', () => {
  const check = `query ($e: ExpressionInput!) { checkPql(expression: $e) { valid attributes diagnostics { severity code } } }`;

  it('names the attributes that a rule reads, with no upstream call', async () => {
    const { data } = await runQuery(check, createTestContext(), {
      e: { text: 'homeAddress.countryCode = "FR"' },
    });
    expect(data).toEqual({
      checkPql: { valid: true, attributes: ['homeAddress.countryCode'], diagnostics: [] },
    });
  });

  it('gives a rule in both forms, whichever was sent', async () => {
    const both = `query ($e: ExpressionInput!) { checkPql(expression: $e) { valid text json attributes segmentIds } }`;
    const text = 'inSegment("s1") and homeAddress.city = "Ulm"';
    const ofText = await runQuery(both, createTestContext(), { e: { text } });
    const { json } = (ofText.data as { checkPql: { json: unknown } }).checkPql;
    expect(json).toMatchObject({ nodeType: 'fnApply', fnName: 'and' });
    const ofTree = await runQuery(both, createTestContext(), { e: { json } });
    expect(ofTree.data).toEqual(ofText.data);
    expect(ofTree.data).toMatchObject({
      checkPql: { valid: true, text, attributes: ['homeAddress.city'], segmentIds: ['s1'] },
    });
  });

  it('says what is wrong with a tree, by a JSON pointer', async () => {
    const query = `query ($e: ExpressionInput!) { checkPql(expression: $e) { valid text json diagnostics { code message from } } }`;
    const e = { json: { nodeType: 'fnApply', fnName: 'not', params: [7] } };
    const { data } = await runQuery(query, createTestContext(), { e });
    expect(data).toEqual({
      checkPql: {
        valid: false,
        text: null,
        json: null,
        diagnostics: [
          {
            code: 'invalid-tree',
            message: 'At "/params/0": A node, an object with a nodeType, is needed here, not a number.',
            from: 0,
          },
        ],
      },
    });
  });

  it('lets Adobe decide about nodes that it does not know', async () => {
    const e = { json: { nodeType: 'futureNode' } };
    const own = await runQuery(check, createTestContext(), { e });
    expect(own.data).toMatchObject({ checkPql: { valid: false } });
    const adobe = await runQuery(check, createTestContext({ mode: 'ADOBE' }), { e });
    expect(adobe.data).toMatchObject({ checkPql: { valid: true, diagnostics: [{ code: 'unknown-node' }] } });
  });

  it('only warns before Adobe of what our own compiler cannot do', async () => {
    const text = `xEvent${'[eventType = "a"]'.repeat(101)}`;
    const own = await runQuery(check, createTestContext(), { e: { text } });
    expect(own.data).toMatchObject({
      checkPql: { valid: false, diagnostics: [{ severity: 'ERROR', code: 'too-complex' }] },
    });
    const adobe = await runQuery(check, createTestContext({ mode: 'ADOBE' }), { e: { text } });
    expect(adobe.data).toMatchObject({ checkPql: { valid: true, diagnostics: [{ severity: 'WARNING' }] } });
  });
});

describe('lists', () => {
  it.each([0, -1, 101])('refuse a page of %s', async (first) => {
    const segmentDefinitions = { page: () => Promise.reject(new Error('The upstream was asked.')) };
    const test = createTestContext({ sources: { segmentDefinitions } });
    const result = await runQuery(`{ segments(first: ${first}) { totalCount } }`, test);
    expect(result.errors?.[0]?.message).toContain('must be 1 to 100');
  });

  it('pass cursor, filter and order on', async () => {
    const asked: unknown[] = [];
    const segmentDefinitions = {
      page: (request: unknown) => {
        asked.push(request);
        return Promise.resolve(pageOf([definition]));
      },
    };
    const { data } = await runQuery(
      `{ segments(first: 2, after: "c", filter: { nameContains: "a", evaluation: EDGE }, orderBy: { field: NAME }) {
        edges { cursor node { id } } pageInfo { endCursor hasNextPage } totalCount } }`,
      createTestContext({ sources: { segmentDefinitions } }),
    );
    expect(asked).toEqual([
      {
        first: 2,
        after: 'c',
        nameContains: 'a',
        evaluation: 'EDGE',
        orderBy: { field: 'NAME', direction: 'DESC' },
      },
    ]);
    expect(data).toEqual({
      segments: {
        edges: [{ cursor: 'cursor-s1', node: { id: 's1' } }],
        pageInfo: { endCursor: 'cursor-s1', hasNextPage: false },
        totalCount: 1,
      },
    });
  });
});

describe('Segment.audience', () => {
  it('is what the newest successful job found, and null before the first', async () => {
    const job = {
      id: 'j1',
      status: 'SUCCEEDED',
      segments: [{ segmentId: 's1' }],
      metrics: {
        totalTime: { startTimeInMs: 1e12, endTimeInMs: 2e12 },
        segmentedProfileCounter: { s1: 4 },
      },
      creationTime: 1e12,
      updateTime: 1e12,
    };
    const sources = {
      segmentDefinitions: { page: () => Promise.resolve(pageOf([definition, { ...definition, id: 's2' }])) },
      segmentJobs: { newestSucceeded: (id: string) => Promise.resolve(id === 's1' ? job : null) },
    };
    const { data } = await runQuery(
      '{ segments { nodes { audience { size } } } }',
      createTestContext({ sources }),
    );
    expect(data).toEqual({ segments: { nodes: [{ audience: { size: '4' } }, { audience: null }] } });
  });
});
