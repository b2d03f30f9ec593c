import { readExample } from '../../fixtures/adobe/examples';
import { definition, exportOf, jobOf, json } from './quirk';
import type { Quirk, SeenForm } from './quirk';

const schedule = (id: string): object => ({
  ...(readExample('evaluate-segment-02-schedule') as object),
  id,
});
const children = (items: readonly object[], part: object = {}): object => ({
  _page: { totalCount: items.length, pageSize: items.length },
  children: items,
  _links: { next: {} },
  ...part,
});
const records = (items: readonly object[], next: unknown): object => ({
  records: items,
  page: { sortField: 'createdTime', sort: 'desc', pageOffset: '1540974701302_96', pageSize: items.length },
  link: next,
});

interface Envelope {
  readonly field: string;
  readonly call: string;
  readonly body: unknown;
}

/** The six shapes in which Adobe's lists come. */
const envelopes: Readonly<Record<string, Envelope>> = {
  'segments, page, link': {
    field: 'segments',
    call: 'GET /segment/definitions',
    body: { segments: [{ ...definition, id: 'x' }], page: { totalCount: 1 }, link: {} },
  },
  'children, _page, _links': {
    field: 'schedules',
    call: 'GET /config/schedules',
    body: children([schedule('x')]),
  },
  'records, page, link': {
    field: 'exportJobs',
    call: 'GET /export/jobs',
    body: records([exportOf({ id: 'x' })], { next: '' }),
  },
  'a bare map': { field: 'datasets', call: 'GET /catalog/dataSets', body: { x: { name: 'X' } } },
  'data, _page, _links': {
    field: 'mergePolicies',
    call: 'GET /config/mergePolicies',
    body: children([{ id: 'x' }], { _links: { next: { href: '' } } }),
  },
  'a bare array': {
    field: 'audienceTemplates',
    call: 'GET /authoring/v1/audience-templates',
    body: [{ instanceId: 'x' }],
  },
};

/** In the place of an envelope. */
const bareArrays: Readonly<Record<string, Envelope>> = {
  'a bare array of segment definitions': {
    field: 'segments',
    call: 'GET /segment/definitions',
    body: [{ ...definition, id: 'x' }],
  },
  'a bare array of segment jobs': {
    field: 'segmentJobs',
    call: 'GET /segment/jobs',
    body: [jobOf({ id: 'x' })],
  },
  'a bare array of export jobs': {
    field: 'exportJobs',
    call: 'GET /export/jobs',
    body: [exportOf({ id: 'x' })],
  },
  'a bare array of merge policies': {
    field: 'mergePolicies',
    call: 'GET /config/mergePolicies',
    body: [{ id: 'x' }],
  },
  'a bare array of schedules': { field: 'schedules', call: 'GET /config/schedules', body: [schedule('x')] },
};

const shown = 'nodes { id } pageInfo { hasNextPage }';
const endOf = (field: string): object => ({
  [field]: { nodes: [{ id: 'x' }], pageInfo: { hasNextPage: false } },
});

function ends(call: string, field: string, bodies: Readonly<Record<string, unknown>>): SeenForm[] {
  return Object.entries(bodies).map(([form, body]) => ({
    form,
    replies: { [call]: json(body) },
    asks: `{ ${field}(first: 1) { ${shown} } }`,
    sees: endOf(field),
  }));
}

/** §5: lists and paging. */
export const lists: Readonly<Record<string, Quirk>> = {
  P1: Object.entries({ ...envelopes, ...bareArrays }).map(([form, { field, call, body }]) => ({
    form,
    replies: { [call]: json(body) },
    asks: `{ ${field} { ${shown} } }`,
    sees: endOf(field),
  })),
  P2: [
    {
      form: 'the cursor of Adobe’s link',
      replies: { 'GET /export/jobs': json(readExample('export-jobs-01-list')) },
      asks: '{ exportJobs(first: 2) { nodes { id } pageInfo { hasNextPage endCursor } } }',
      sees: { exportJobs: { nodes: [{ id: '100' }, { id: '722' }], pageInfo: { hasNextPage: true } } },
    },
    {
      form: 'a number',
      replies: {
        'GET /export/jobs': json(records([exportOf({ id: 2 })], { next: '/export/jobs/?limit=1&offset=2' })),
      },
      asks: '{ exportJobs(first: 1) { nodes { id } pageInfo { hasNextPage } } }',
      sees: { exportJobs: { nodes: [{ id: '2' }], pageInfo: { hasNextPage: true } } },
    },
  ],
  P3: ['1540974701302_96', 1_540_974_701_302].map((pageOffset) => ({
    form: `pageOffset as a ${typeof pageOffset}`,
    replies: {
      'GET /export/jobs': json({ ...records([exportOf({ id: 'x' })], { next: '' }), page: { pageOffset } }),
    },
    asks: `{ exportJobs { ${shown} } }`,
    sees: endOf('exportJobs'),
  })),
  P4: [
    {
      form: 'limit, and offset for the next page',
      replies: { 'GET /export/jobs': json(records([], { next: '' })) },
      asks: '{ exportJobs(first: 7) { nodes { id } } }',
      sees: { exportJobs: { nodes: [] } },
      sends: { call: 'GET /export/jobs', query: { limit: '7' } },
      never: /[?&](start|page|sort)=/,
    },
  ],
  P5: {
    why: 'A slip of the page, which tabulates other parameters than its text names; the gateway sends those of the text (P4).',
    file: 'test/conformance/quirks/lists.ts',
    says: 'limit, and offset for the next page',
  },
  P6: [
    {
      form: 'a status that the list takes',
      replies: { 'GET /export/jobs': json(records([exportOf({ id: 'x' })], { next: '' })) },
      asks: '{ exportJobs(filter: { statuses: [SUCCEEDED] }) { nodes { id } } }',
      sees: { exportJobs: { nodes: [{ id: 'x' }] } },
      sends: { call: 'GET /export/jobs', query: { status: 'SUCCEEDED' } },
    },
    {
      form: 'one that it does not',
      replies: {
        'GET /export/jobs': json(
          records([exportOf({ id: 'x' }), exportOf({ id: 'y', status: 'PROCESSING' })], { next: '' }),
        ),
      },
      asks: '{ exportJobs(filter: { statuses: [PROCESSING] }) { nodes { id } } }',
      sees: { exportJobs: { nodes: [{ id: 'y' }] } },
      never: /[?&]status=/,
    },
  ],
  P7: [
    {
      form: 'no sort with a cursor',
      replies: { 'GET /export/jobs': json(records([], { next: '' })) },
      asks: '{ exportJobs { nodes { id } } }',
      sees: { exportJobs: { nodes: [] } },
      never: /[?&]sort=/,
    },
  ],
  P8: [
    {
      form: 'ten told, one there, and no next page',
      replies: {
        'GET /config/schedules': json(children([schedule('x')], { _page: { totalCount: 10, pageSize: 1 } })),
      },
      asks: `{ schedules { ${shown} } }`,
      sees: endOf('schedules'),
    },
    ...[
      ['less than is there', 1, null],
      ['as many as are there', 2, 2],
    ].map(([form, told, totalCount]) => ({
      form: `a count of ${String(form)}`,
      replies: {
        'GET /config/schedules': json(
          children([schedule('x'), schedule('y')], { _page: { totalCount: told, pageSize: 2 } }),
        ),
      },
      asks: '{ schedules { nodes { id } totalCount } }',
      sees: { schedules: { nodes: [{ id: 'x' }, { id: 'y' }], totalCount } },
    })),
    {
      form: 'no count',
      replies: { 'GET /config/schedules': json(children([schedule('x')], { _page: {} })) },
      asks: '{ schedules { nodes { id } totalCount } }',
      sees: { schedules: { nodes: [{ id: 'x' }], totalCount: null } },
    },
  ],
  P9: [
    {
      form: 'items are counted, pages are not named',
      replies: { 'GET /segment/definitions': json({ segments: [], page: {}, link: {} }) },
      asks: '{ segments { nodes { id } } }',
      sees: { segments: { nodes: [] } },
      sends: { call: 'GET /segment/definitions', query: { start: '0' } },
      never: /[?&]page=/,
    },
  ],
  P10: [
    ...ends('GET /config/schedules', 'schedules', {
      'next: {}': children([schedule('x')], { _links: { next: {} } }),
      'href: ""': children([schedule('x')], { _links: { next: { href: '' } } }),
      'no links': children([schedule('x')], { _links: undefined }),
      null: children([schedule('x')], { _links: { next: null } }),
    }),
    ...ends('GET /export/jobs', 'exportJobs', {
      'next: ""': records([exportOf({ id: 'x' })], { next: '' }),
      'link: {}': records([exportOf({ id: 'x' })], {}),
      'no link': records([exportOf({ id: 'x' })], undefined),
    }),
  ],
  P11: Object.entries(envelopes)
    .filter(([form]) => form !== 'a bare array')
    .map(([form, { field, call, body }]) => ({
      form,
      replies: { [call]: json(body) },
      asks: `{ ${field}(first: 3) { nodes { id } } }`,
      sees: { [field]: { nodes: [{ id: 'x' }] } },
      sends: { call, query: { limit: expect.stringMatching(/^\d+$/) as string } },
    })),
  P12: {
    why: 'It concerns the list of audiences, which the gateway does not read; the platform answers a number.',
    file: 'test/contract/audiences.contract.ts',
    says: 'the pages are followed by "next" as a number, and by the link',
  },
  P13: [
    {
      form: 'an opaque start, and none for the first page',
      replies: {
        'GET /config/mergePolicies': json(
          children([{ id: 'x' }], { _links: { next: { href: '@/mergePolicies?start=5f-9%3Da&limit=1' } } }),
        ),
      },
      asks: '{ mergePolicies(first: 1) { nodes { id } pageInfo { hasNextPage } } }',
      sees: { mergePolicies: { nodes: [{ id: 'x' }], pageInfo: { hasNextPage: true } } },
      never: /[?&]start=/,
    },
  ],
  P14: [
    {
      form: 'definitions',
      replies: { 'GET /segment/definitions': json({ segments: [], page: {}, link: {} }) },
      asks: '{ segments { nodes { id } } }',
      sees: { segments: { nodes: [] } },
      sends: { call: 'GET /segment/definitions', query: { sort: 'creationTime:desc' } },
    },
    {
      form: 'segment jobs',
      replies: { 'GET /segment/jobs': json(children([jobOf({ id: 'x' })])) },
      asks: '{ segmentJobs { nodes { id } } }',
      sees: { segmentJobs: { nodes: [{ id: 'x' }] } },
      sends: { call: 'GET /segment/jobs', query: { sort: 'creationTime:desc' } },
    },
  ],
};
