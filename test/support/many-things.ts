import { alsoCatalog } from './many-things-catalog';
import type { ManyThings } from './many-things-catalog';
import type { Reply, SeenCall } from './fake-upstream';

/**
 * Adobe with the same number of everything, each thing tied to the one of the same number: segment s3 was evaluated by job
 * j3 of schedule c3, under merge policy m3, and exported by job 1003 to dataset d3 in batch b3. It keeps nothing: a write is
 * answered as if it had been done, and jobs are done at once.
 */
export function answerForMany(call: SeenCall, things: ManyThings): Reply | undefined {
  const path = call.path.replace(/^\/data\/core\/(ups|activation\/authoring\/v1)/, '');
  const [, noun = '', kind = '', id = ''] = path.split('/');
  if (call.path.startsWith('/destination')) return { json: { id: 'their-1' } };
  if (call.path.startsWith('/data/foundation')) return alsoCatalog(call, things);
  if (noun === 'preview' || noun === 'estimate') return previews(call, noun);
  if (noun === 'access') return { json: { x1: { entityId: 'x1', entity: profile(things.count) } } };
  const resource = noun === 'audience-templates' ? noun : `${noun}/${kind}`;
  const name = noun === 'audience-templates' ? kind : id;
  const toBody = bodies[resource];
  return toBody && { status: 200, json: answer(call, { resource, name, things, toBody }) };
}

type ToBody = (number: number, things: ManyThings) => object;

const bodies: Readonly<Record<string, ToBody>> = {
  'segment/definitions': segment,
  'segment/jobs': segmentJob,
  'export/jobs': exportJob,
  'config/schedules': schedule,
  'config/mergePolicies': (number) => ({ id: `m${number}`, name: `Policy ${number}`, version: 1 }),
  'audience-templates': template,
};

function answer(
  call: SeenCall,
  asked: {
    readonly resource: string;
    readonly name: string;
    readonly things: ManyThings;
    readonly toBody: ToBody;
  },
): unknown {
  const { resource, name, things, toBody } = asked;
  if (name === 'bulk-get') {
    const { ids } = call.body as { readonly ids: readonly { readonly id: string }[] };
    return { results: Object.fromEntries(ids.map(({ id }) => [id, toBody(numberOf(id), things)])) };
  }
  if (name !== '') return toBody(numberOf(name), things);
  return call.method === 'GET' ? listOf(resource, call, things, toBody) : toBody(0, things);
}

function listOf(resource: string, { query }: SeenCall, things: ManyThings, toBody: ToBody): unknown {
  const start = Number(query.get('start') ?? 0);
  const limit = Number(query.get('limit') ?? things.count);
  const property = /(?:segmentId|scheduleId)==\D*(\d+)$/.exec(query.get('property') ?? '')?.[1];
  const numbers =
    property === undefined ? Array.from({ length: things.count }, (_, number) => number) : [Number(property)];
  const items = numbers.slice(start, start + limit).map((number) => toBody(number, things));
  if (resource === 'audience-templates') return items;
  if (resource === 'segment/definitions')
    return { segments: items, page: { totalCount: numbers.length }, link: {} };
  if (resource === 'export/jobs') return { records: items, page: {}, link: { next: '' } };
  return { _page: { totalCount: numbers.length }, children: items, _links: { next: {} } };
}

/** `s12` and 1012 are number 12. */
function numberOf(id: string): number {
  return Number(id.replace(/\D/g, '')) % 1_000;
}

const newestMs = 1_700_000_000_000;

function segment(number: number): object {
  return {
    id: `s${number}`,
    name: `Segment ${number}`,
    schema: { name: '_xdm.context.profile' },
    expression: { type: 'PQL', format: 'pql/text', value: 'person.birthYear > 1990' },
    mergePolicyId: `m${number}`,
    creationTime: newestMs - number,
    updateTime: newestMs - number,
  };
}

function segmentJob(number: number): object {
  return {
    id: `j${number}`,
    status: 'SUCCEEDED',
    segments: [{ segmentId: `s${number}` }],
    metrics: { segmentedProfileCounter: { [`s${number}`]: 7 } },
    properties: { scheduleId: `c${number}` },
    creationTime: newestMs - number,
    updateTime: newestMs - number,
  };
}

function exportJob(number: number): object {
  const segmentId = `s${number}`;
  return {
    id: 1_000 + number,
    status: 'SUCCEEDED',
    schema: { name: '_xdm.context.profile' },
    mergePolicy: { id: `m${number}`, version: 1 },
    filter: { segments: [{ segmentId, segmentNs: 'ups', status: ['realized'] }] },
    destination: {
      dataSetId: `d${number}`,
      segmentPerBatch: true,
      batches: [{ segmentId, segmentNs: 'ups', status: ['realized'], batchId: `b${number}` }],
    },
    creationTime: newestMs - number,
    updateTime: newestMs - number,
  };
}

function schedule(number: number): object {
  return {
    id: `c${number}`,
    name: `Schedule ${number}`,
    type: 'batch_segmentation',
    state: 'active',
    schedule: '0 0 1 * * ?',
    properties: { segments: [`s${number}`] },
    createEpoch: newestMs / 1_000 - number,
    updateEpoch: newestMs / 1_000 - number,
  };
}

function template(number: number, { url }: ManyThings): object {
  return {
    instanceId: `t${number}`,
    audience: { name: '{{segment.name}}' },
    credential: {},
    metadataTemplate: {
      name: `Template ${number}`,
      host: url,
      create: {
        uri: '/destination/audiences',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: { name: '{{segment.name}}' },
        schemaMap: { externalAudienceId: '{{response.id}}' },
      },
    },
    validations: [],
  };
}

function profile(count: number): object {
  const ups = Array.from({ length: count }, (_, number) => [`s${number}`, { status: 'realized' }] as const);
  return { segmentMembership: { ups: Object.fromEntries(ups) }, identityMap: {} };
}

function previews({ method }: SeenCall, noun: string): Reply {
  if (method === 'POST') return { status: 201, json: { previewId: 'p1', state: 'NEW' } };
  if (noun === 'estimate')
    return { json: { state: 'RESULT_READY', estimatedSize: 10, totalRows: 100, numRowsToRead: 100 } };
  const results = [{ x1: { endCustomerIds: { x2: {} } } }];
  return { json: { state: 'RESULT_READY', results, links: { next: '' }, page: { offset: 0, size: 1 } } };
}
