import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string; readonly requestId: string };
  }[];
}

const rule = { type: 'PQL', format: 'pql/text', value: 'true' };
let upstream: Readonly<Record<string, unknown>> = {};
let started: StartedGateway;

beforeAll(async () => {
  started = await startGateway(({ method, path }) => {
    const json = upstream[`${method} ${path.replace(/^\/data\/(core\/ups|foundation)/, '')}`];
    return json === undefined ? undefined : { json };
  });
});
afterAll(() => started.close());

async function ask(query: string, answers: Readonly<Record<string, unknown>>): Promise<Answer> {
  upstream = answers;
  return (await (await started.post({ query })).json()) as Answer;
}

const definitions = {
  'GET /segment/definitions': {
    segments: [
      { id: 's1', name: 'One', expression: rule, creationTime: 'soon' },
      { id: 's2', name: 42, expression: rule },
      { id: 's3', name: 'Three', expression: { ...rule, value: 7 } },
      'no record at all',
    ],
  },
};

describe('a list in which a record cannot be read', () => {
  it('answers the rest, and tells of each that it leaves out', async () => {
    const { data, errors } = await ask(
      '{ segments { nodes { id name createdAt } edges { node { id expression { value } } } } }',
      definitions,
    );
    expect(data).toEqual({
      segments: {
        nodes: [
          { id: 's1', name: 'One', createdAt: null },
          { id: 's3', name: 'Three', createdAt: null },
        ],
        edges: [
          { node: { id: 's1', expression: { value: 'true' } } },
          { node: { id: 's2', expression: { value: 'true' } } },
        ],
      },
    });
    const told = errors?.map(({ path, message }) => `${path?.join('.')} ${/"[\w.]+"/.exec(message)?.[0]}`);
    expect(told?.sort()).toEqual([
      'segments.edges "expression.value"',
      'segments.nodes "id"',
      'segments.nodes "name"',
      'segments.nodes.0.createdAt "creationTime"',
    ]);
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['UPSTREAM_INVALID_RESPONSE']),
    );
  });

  it('says which one it was, once for nodes and edges', async () => {
    const { errors } = await ask('{ segments { nodes { id name } edges { node { id name } } } }', {
      'GET /segment/definitions': {
        segments: [
          { id: 's1', name: 'One' },
          { id: 's2', name: 42 },
        ],
      },
    });
    expect(errors?.map(({ message }) => message)).toEqual([
      'The upstream\'s answer cannot be read: "name" of a segment definition is a number, not a text (item 1, id s2)',
    ]);
  });

  it('leaves none out for what nobody has asked for', async () => {
    const { data, errors } = await ask('{ segments { nodes { id description } } }', {
      'GET /segment/definitions': { segments: [{ id: 's2', name: 42, expression: 7 }] },
    });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ segments: { nodes: [{ id: 's2', description: null }] } });
  });

  it('looks at fields behind fragments and interfaces too', async () => {
    const job = { id: 'j1', status: 'NEW', segments: 7, creationTime: 1_700_000_000_000, updateTime: 0 };
    const { data, errors } = await ask(
      '{ jobs(kinds: [SEGMENT]) { nodes { id ... on SegmentJob { ...Its } } } } fragment Its on SegmentJob { segments { id } }',
      { 'GET /segment/jobs': { children: [job, { ...job, id: 'j2', segments: [] }] } },
    );
    expect(data).toEqual({ jobs: { nodes: [{ id: 'j2', segments: [] }] } });
    expect(errors).toMatchObject([{ path: ['jobs', 'nodes'] }]);
  });

  it('keeps a record whose own list holds something that cannot be read', async () => {
    const { data, errors } = await ask(
      '{ exportJob(id: "7") { id byNamespace { namespace count } errors { code } } }',
      {
        'GET /export/jobs/7': {
          id: 7,
          status: 'SUCCEEDED',
          destination: {},
          metrics: { exportedProfileByNamespaceCounter: { Email: 3, ECID: 'many' } },
          errors: [{ code: 5, msg: 'm' }, 'x'],
        },
      },
    );
    expect(data).toEqual({
      exportJob: { id: '7', byNamespace: [{ namespace: 'Email', count: '3' }], errors: [{ code: '5' }] },
    });
    expect(errors?.map(({ path }) => path)).toEqual([
      ['exportJob', 'byNamespace'],
      ['exportJob', 'errors'],
    ]);
  });
});

describe('a list that cannot be read to its end', () => {
  const job = { id: 1, status: 'NEW', destination: {}, creationTime: 1_700_000_000_000 };
  const broken = {
    'GET /export/jobs': { records: [job], link: { next: '::::' } },
    'GET /segment/jobs': { children: [] },
  };

  it.each([
    ['exportJobs', '{ list: exportJobs(first: 10) { nodes { id } pageInfo { hasNextPage } } }'],
    ['jobs', '{ list: jobs(first: 10) { nodes { id } pageInfo { hasNextPage } } }'],
  ])('answers what was read of %s, and tells why it ends there', async (_name, query) => {
    const { data, errors } = await ask(query, broken);
    expect(data).toEqual({ list: { nodes: [{ id: '1' }], pageInfo: { hasNextPage: false } } });
    expect(errors).toMatchObject([
      {
        path: ['list'],
        message: expect.stringContaining('the link to the next page has no offset') as string,
        extensions: { code: 'UPSTREAM_INVALID_RESPONSE' },
      },
    ]);
  });
});

describe('a list that is a bare array', () => {
  const d1 = { id: 'd1', name: 'One', created: 1_600_000_000_000 };

  it('is read of Catalog, as the map that it should be', async () => {
    const { data, errors } = await ask(
      '{ datasets { nodes { id name } } dataset(id: "d1") { name batches { nodes { id status } } } }',
      {
        'GET /catalog/dataSets': [d1],
        'GET /catalog/dataSets/d1': [d1],
        'GET /catalog/batches': [{ id: 'b1', status: 'success' }],
      },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      datasets: { nodes: [{ id: 'd1', name: 'One' }] },
      dataset: { name: 'One', batches: { nodes: [{ id: 'b1', status: 'success' }] } },
    });
  });

  it('is nothing where it is empty', async () => {
    const { data, errors } = await ask(
      '{ datasets { nodes { id } } dataset(id: "d2") { id batches { nodes { id } } } other: dataset(id: "d3") { id } }',
      {
        'GET /catalog/dataSets': [],
        'GET /catalog/batches': [],
        'GET /catalog/dataSets/d2': { d2: {} },
        'GET /catalog/dataSets/d3': [],
      },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      datasets: { nodes: [] },
      dataset: { id: 'd2', batches: { nodes: [] } },
      other: null,
    });
  });

  it('may hold references, of which only the ids are known', async () => {
    const { data } = await ask('{ datasets { nodes { id } } }', {
      'GET /catalog/dataSets': ['@/dataSets/d1'],
    });
    expect(data).toEqual({ datasets: { nodes: [{ id: 'd1' }] } });
  });

  it('leaves out what has no id, and tells of it', async () => {
    const { data, errors } = await ask('{ datasets { nodes { id } } }', {
      'GET /catalog/dataSets': [d1, { name: 'x' }],
    });
    expect(data).toEqual({ datasets: { nodes: [{ id: 'd1' }] } });
    expect(errors).toMatchObject([{ path: ['datasets', 'nodes'] }]);
  });

  it('is read of a preview and of the files of a batch', async () => {
    const { data, errors } = await ask(
      '{ preview(id: "p2") { profiles { nodes { id } } } batch(id: "bb") { files { name sizeBytes } } }',
      {
        'GET /estimate/p2': { state: 'RESULT_READY', estimatedSize: 1 },
        'GET /preview/p2': [{ XID1: {} }],
        'GET /catalog/batches/bb': { bb: { status: 'success' } },
        'GET /export/batches/bb/files': [
          {
            name: 'f.parquet',
            length: '5',
            _links: { self: { href: 'https://x:443/data/foundation/export/files/abc?path=f.parquet' } },
          },
        ],
      },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      preview: { profiles: { nodes: [{ id: 'XID1' }] } },
      batch: { files: [{ name: 'f.parquet', sizeBytes: '5' }] },
    });
  });
});

describe('a list that cannot be read at all', () => {
  const one = { 'GET /segment/definitions': { segments: [{ id: 's1', name: 'One', expression: rule }] } };

  it('is empty, with an error at its path, and the fields beside it answer', async () => {
    const { data, errors } = await ask('{ segments { nodes { id } } datasets { nodes { id } } }', {
      ...one,
      'GET /catalog/dataSets': 'nothing of the kind',
    });
    expect(data).toEqual({ segments: { nodes: [{ id: 's1' }] }, datasets: { nodes: [] } });
    expect(errors).toMatchObject([{ path: ['datasets'], extensions: { code: 'UPSTREAM_INVALID_RESPONSE' } }]);
  });

  it('leaves its parent standing', async () => {
    const { data, errors } = await ask('{ segments { nodes { id jobs { nodes { id } } } } }', {
      ...one,
      'GET /segment/jobs': { children: 'none' },
    });
    expect(data).toEqual({ segments: { nodes: [{ id: 's1', jobs: { nodes: [] } }] } });
    expect(errors).toMatchObject([{ path: ['segments', 'nodes', 0, 'jobs'] }]);
  });

  it('is no answer where it was asked for alone', async () => {
    const { data, errors } = await ask('{ datasets { nodes { id } } }', { 'GET /catalog/dataSets': 7 });
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['datasets'] }]);
  });

  it('is no answer where it could not be asked for', async () => {
    const { data, errors } = await ask('{ segments { nodes { id } } datasets { nodes { id } } }', one);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ path: ['datasets'], extensions: { code: 'NOT_FOUND' } }]);
  });
});

describe('a record in which one field cannot be read', () => {
  it('has null there and an error that names the field, not its value', async () => {
    const { data, errors } = await ask('{ segment(id: "s") { id name description createdAt version } }', {
      'GET /segment/definitions/s': {
        id: 's',
        name: 'S',
        expression: rule,
        description: { secret: 'x' },
        creationTime: 9e18,
        version: 2 ** 40,
        addedLater: true,
      },
    });
    expect(data).toEqual({
      segment: { id: 's', name: 'S', description: null, createdAt: null, version: null },
    });
    expect(errors?.map(({ path, message }) => `${path?.join('.') ?? ''}: ${message}`)).toEqual([
      'segment.description: The upstream\'s answer cannot be read: "description" of a segment definition is an object, not a text',
      'segment.createdAt: The upstream\'s answer cannot be read: "creationTime" of a segment definition is not a time',
      'segment.version: The upstream\'s answer cannot be read: "version" of a segment definition is not a whole number',
    ]);
  });

  it('is null where the field is never null', async () => {
    const { data, errors } = await ask('{ a: segment(id: "s") { name } b: segment(id: "s") { id } }', {
      'GET /segment/definitions/s': { id: 's', expression: rule },
    });
    expect(data).toEqual({ a: null, b: { id: 's' } });
    expect(errors).toMatchObject([{ path: ['a', 'name'] }]);
  });
});

describe('one member that cannot be read', () => {
  const template = { instanceId: 't1', metadataTemplate: 'gone' };
  const job = {
    id: 7,
    status: 'SUCCEEDED',
    schema: {},
    destination: { datasetId: 'd1' },
    creationTime: 1,
    updateTime: 1,
  };

  it.each([
    [
      '{ exportJobs { nodes { id filter { qualifiedFrom qualifiedTo } } } }',
      { records: [{ ...job, filter: { segmentQualificationTime: 'soon' } }], page: {}, link: {} },
      'filter.segmentQualificationTime',
    ],
    [
      '{ exportJobs { nodes { id events { ingestedFrom ingestedTo } } } }',
      {
        records: [{ ...job, additionalFields: { eventList: { fields: 'a', filter: 1 } } }],
        page: {},
        link: {},
      },
      'additionalFields.eventList.filter',
    ],
    [
      '{ exportJobs { nodes { id datasetId segmentPerBatch batches { batchId } } } }',
      { records: [{ ...job, destination: 'd1' }], page: {}, link: {} },
      'destination',
    ],
  ])('is one error, in however many fields it stands: %s', async (query, list, name) => {
    const { errors } = await ask(query, { 'GET /export/jobs': list });
    expect(errors?.map(({ message }) => message)).toEqual([expect.stringContaining(`"${name}"`)]);
  });

  it('is one error in a template', async () => {
    const { data, errors } = await ask(
      '{ audienceTemplates { nodes { id name host operations { verb } } } }',
      {
        'GET /data/core/activation/authoring/v1/audience-templates': [template],
      },
    );
    expect(errors?.map(({ message }) => message)).toEqual([expect.stringContaining('"metadataTemplate"')]);
    expect(data).not.toBeNull();
  });

  it('is an error each where two records have one', async () => {
    const bad = { ...job, filter: { segmentQualificationTime: 'soon' } };
    const { errors } = await ask('{ exportJobs { nodes { id filter { qualifiedFrom qualifiedTo } } } }', {
      'GET /export/jobs': { records: [bad, { ...bad, id: 8 }], page: {}, link: {} },
    });
    expect(errors?.map(({ path }) => path?.join('.'))).toEqual([
      'exportJobs.nodes.0.filter.qualifiedFrom',
      'exportJobs.nodes.1.filter.qualifiedFrom',
    ]);
  });
});
