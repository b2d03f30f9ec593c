import { audienceTemplateList, schedule as adobeSchedule } from '../../fixtures/adobe/bodies';
import { currentTemplates } from '../../fixtures/adobe/current-templates';
import {
  toAudienceTemplate,
  toAudienceTemplateBodyWire,
} from '../../../src/mapping/audience-template.mapping';
import { toBatch, toDataset, toUnionDatasetBodyWire } from '../../../src/mapping/dataset.mapping';
import { toExpressionWire } from '../../../src/mapping/expression.mapping';
import { pickPaths, toProfile } from '../../../src/mapping/profile.mapping';
import { toSchedule, toScheduleBodyWire, toSchedulePatchWire } from '../../../src/mapping/schedule.mapping';
import { UpstreamInvalidResponse } from '../../../src/errors/upstream-error';
import { toSegment, toSegmentBodyWire, toSegmentPatchWire } from '../../../src/mapping/segment.mapping';
import { toDate } from '../../../src/mapping/time.mapping';
import type { AnyAudienceTemplateWire, AudienceTemplateWire } from '../../../src/wire/audience-template.wire';
import type { Segment } from '../../../src/schema/segment.type';
import type { ScheduleWire } from '../../../src/wire/schedule.wire';
import type { SegmentDefinitionWire } from '../../../src/wire/segment-definition.wire';

const schedule = adobeSchedule as ScheduleWire;

const definition: SegmentDefinitionWire = {
  id: '4afe34ae-8c98-4513-8a1d-67ccaa54bc05',
  name: 'People from Homes',
  schema: { name: '_xdm.context.profile' },
  expression: { type: 'PQL', format: 'pql/text', value: 'homeAddress.country = "US"' },
  mergePolicyId: 'b83185bb-0bc6-489c-9363-0075eb30b4c8',
  evaluationInfo: {
    batch: { enabled: true },
    continuous: { enabled: true },
    synchronous: { enabled: false },
  },
  creationTime: 0,
  updateTime: 1_579_292_094_000,
  updateEpoch: 1_579_292_094,
};

describe('times', () => {
  it.each([
    [1_579_292_094, '2020-01-17T20:14:54.000Z'],
    [1_579_292_094_123, '2020-01-17T20:14:54.123Z'],
    [1_642_745_034_000_000, '2022-01-21T06:03:54.000Z'],
    ['1558522305708', '2019-05-22T10:51:45.708Z'],
    ['2021-04-13T19:33:09.733226Z', '2021-04-13T19:33:09.733Z'],
    ['2018-01-01 00:00:00+00:00', '2018-01-01T00:00:00.000Z'],
    ['2020-08-01 17:57:57.0', '2020-08-01T17:57:57.000Z'],
    ['2020-08-01T17:57:58.697', '2020-08-01T17:57:58.697Z'],
    ['2018-04-26T15:52:25-07:00', '2018-04-26T22:52:25.000Z'],
    ['2020-08-01', '2020-08-01T00:00:00.000Z'],
  ])('%s is %s', (value, expected) => {
    expect(toDate(value)?.toISOString()).toBe(expected);
  });

  it.each([0, '', null, undefined, 'yesterday', Number.NaN])('%s is none', (value) => {
    expect(toDate(value)).toBeNull();
  });
});

describe('a segment', () => {
  it('shows the definition, and no time where Adobe says 0', () => {
    expect(toSegment(definition)).toEqual({
      id: '4afe34ae-8c98-4513-8a1d-67ccaa54bc05',
      name: 'People from Homes',
      description: null,
      schemaName: '_xdm.context.profile',
      version: null,
      expression: {
        type: 'PQL',
        format: 'TEXT',
        value: 'homeAddress.country = "US"',
        text: 'homeAddress.country = "US"',
      },
      mergePolicyId: 'b83185bb-0bc6-489c-9363-0075eb30b4c8',
      evaluation: ['BATCH', 'STREAMING'],
      createdAt: null,
      updatedAt: new Date(1_579_292_094_000),
    });
  });

  it('tells text from a tree by the value, whatever the format says', () => {
    const tree = '{"nodeType":"literal","literalType":"Boolean","value":true}';
    const toExpression = (expression: { format: string; value: string }): Segment['expression'] =>
      toSegment({ ...definition, expression: { type: 'PQL', ...expression } }).expression;
    expect(toExpression({ format: 'pql/json', value: 'a = 1' })).toMatchObject({
      format: 'TEXT',
      text: 'a = 1',
    });
    expect(toExpression({ format: 'pql/text', value: tree })).toMatchObject({
      format: 'JSON',
      text: 'true',
    });
    const unread = toExpression({ format: 'pql/json', value: '{"nodeType":"nonsense"}' });
    expect(unread).toMatchObject({ format: 'JSON', text: null });
    expect(toExpression({ format: 'pql/text', value: '{"count": e}' }).format).toBe('TEXT');
  });

  it('is sent as it was written', () => {
    const input = { name: 'N', schemaName: '_xdm.context.profile', expression: { text: 'a = 1' } };
    expect(toSegmentBodyWire(input)).toEqual({
      name: 'N',
      schema: { name: '_xdm.context.profile' },
      expression: { type: 'PQL', format: 'pql/text', value: 'a = 1' },
    });
    expect(toExpressionWire({ json: { nodeType: 'x' } })).toEqual({
      type: 'PQL',
      format: 'pql/json',
      value: '{"nodeType":"x"}',
    });
  });

  it('is changed by what is given alone', () => {
    expect(toSegmentPatchWire({ id: '1', description: '', evaluation: ['EDGE'], name: null })).toEqual({
      description: '',
      evaluationInfo: {
        batch: { enabled: false },
        continuous: { enabled: false },
        synchronous: { enabled: true },
      },
    });
  });
});

describe('a schedule', () => {
  it('over everything names no segment', () => {
    expect(toSchedule(schedule)).toMatchObject({
      type: 'BATCH_SEGMENTATION',
      state: 'INACTIVE',
      cron: '0 0 1 * * ?',
      allSegments: true,
      segmentIds: [],
      createdAt: new Date(1_568_267_948_000),
    });
  });

  it('may have a list where its properties are', () => {
    expect(toSchedule({ ...schedule, properties: [] })).toMatchObject({ allSegments: false, segmentIds: [] });
  });

  it('is sent and changed in Adobe’s words', () => {
    const input = { name: 'N', type: 'BATCH_SEGMENTATION', cron: '0 0 1 * * ?', state: 'ACTIVE' } as const;
    expect(toScheduleBodyWire(input)).toEqual({
      name: 'N',
      type: 'batch_segmentation',
      properties: { segments: ['*'] },
      schedule: '0 0 1 * * ?',
      state: 'active',
    });
    expect(toScheduleBodyWire({ ...input, segments: { ids: ['s1'] } }).properties).toEqual({
      segments: ['s1'],
    });
    expect(toSchedulePatchWire({ id: '1', state: 'INACTIVE' })).toEqual([
      { op: 'add', path: '/state', value: 'inactive' },
    ]);
  });
});

describe('audience templates of Adobe’s list', () => {
  const [linkedIn, mock] = audienceTemplateList as unknown as AudienceTemplateWire[];

  it.each([
    [[], {}],
    [[{ header: 'Content-Type', value: 'a/b' }], { 'Content-Type': 'a/b' }],
  ])('are read with headers written as today’s list %j', (headers, read) => {
    const wire = structuredClone(linkedIn as AudienceTemplateWire);
    Object.assign(wire.metadataTemplate?.create ?? {}, { headers });
    const { host, operations } = toAudienceTemplate(wire);
    expect(host).toBe('https://api.linkedin.com');
    expect(operations[0]).toMatchObject({ verb: 'CREATE', uri: '/v2/dmpSegments' });
    expect(operations[0]?.headers ?? {}).toEqual(read);
  });

  it('have an error in the place of an operation that is written in the other model', () => {
    const wire = structuredClone(linkedIn as AudienceTemplateWire);
    const notify = { url: 'https://h.example/n', httpMethod: 'POST' };
    Object.assign(wire.metadataTemplate ?? {}, { notify });
    const [create] = toAudienceTemplate(wire).operations as readonly unknown[];
    expect(create).toBeInstanceOf(Error);
    expect(String(create)).toContain('"metadataTemplate.create.url" of an audience template is missing');
  });

  it('have their requests by verb and say where each macro stands', () => {
    const template = toAudienceTemplate(linkedIn as AudienceTemplateWire);
    expect(template).toMatchObject({ name: 'LinkedIn Stage Test', host: 'https://api.linkedin.com' });
    expect(template.operations.map(({ verb, httpMethod }) => `${verb} ${httpMethod}`)).toEqual([
      'CREATE POST',
      'UPDATE POST',
      'DELETE DELETE',
    ]);
    expect(template.macros).toContainEqual({
      expression: 'headers.x-linkedin-id',
      usedIn: ['operations.CREATE.schemaMap.externalAudienceId'],
    });
    expect(template.macros.find(({ expression }) => expression === 'audience.name')?.usedIn).toEqual([
      'operations.CREATE.body.name',
      'operations.UPDATE.body.patch.$set.name',
      'operations.DELETE.body.patch.$set.name',
    ]);
  });

  it('hide literal secrets and show macros', () => {
    expect(toAudienceTemplate(mock as AudienceTemplateWire).credential).toEqual({ token: '********' });
    expect(toAudienceTemplate(linkedIn as AudienceTemplateWire).credential).toEqual({
      token: '{{baseConnection.auth.params.accessToken}}',
      authType: 'OAUTH2',
    });
  });

  it('may have no requests at all', () => {
    expect(toAudienceTemplate(mock as AudienceTemplateWire)).toMatchObject({
      name: null,
      host: null,
      operations: [],
    });
  });

  it('of today’s model read as those of the alpha do', () => {
    const wire = {
      instanceId: 't',
      ...currentTemplates['with its values in the URL'],
    } as AnyAudienceTemplateWire;
    const template = toAudienceTemplate(wire);
    expect(template).toMatchObject({
      id: 't',
      host: 'https://api.moviestar.com',
      audience: {},
      credential: {},
    });
    expect(template.operations[3]).toMatchObject({
      verb: 'VALIDATE',
      httpMethod: 'GET',
      uri: '/v1.0/permissions?access_token={{authData.accessToken}}',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      schemaMap: { Id: '{{response.data[0].permission}}' },
      errorSchemaMap: { message: 'error.message' },
    });
  });

  it('hide literal secrets wherever they stand', () => {
    const create = {
      uri: '/a?access_token=canary',
      method: 'POST',
      headers: { Authorization: 'Bearer canary' },
      body: { password: 'canary' },
    };
    const metadataTemplate = { host: 'https://h.example', create };
    expect(JSON.stringify(toAudienceTemplate({ instanceId: 't', metadataTemplate }))).not.toContain('canary');
  });

  it('come back to the wire as they were', () => {
    const wire = linkedIn as AudienceTemplateWire;
    const { audience, credential, operations, host, name } = toAudienceTemplate(wire);
    const input = { audience, credential, operations, host: host ?? '', name: name ?? '' };
    const { instanceId: _id, createdDate: _created, lastModifiedDate: _modified, ...body } = wire;
    expect(toAudienceTemplateBodyWire(input)).toEqual(body);
  });
});

describe('data', () => {
  it('know a dataset on the union schema', () => {
    const wire = { id: 'd', ...toUnionDatasetBodyWire('D'), created: 1_579_292_094_000 };
    expect(toDataset(wire)).toMatchObject({
      name: 'D',
      isUnion: true,
      createdAt: new Date(1_579_292_094_000),
    });
    expect(toDataset({ id: 'd', name: 'D' })).toMatchObject({
      isUnion: false,
      schemaId: null,
      createdAt: null,
    });
  });

  it('know the dataset of a batch', () => {
    const relatedObjects = [
      { type: 'batch', id: 'x' },
      { type: 'dataSet', id: 'd' },
    ];
    expect(toBatch({ id: 'b', status: 'success', relatedObjects })).toEqual({
      id: 'b',
      status: 'success',
      datasetId: 'd',
      recordCount: null,
      createdAt: null,
    });
  });
});

describe('a profile', () => {
  const entity = {
    person: { name: { firstName: 'Ada', lastName: 'Byron' }, gender: 'female' },
    orders: [{ id: 1, price: 2 }, { id: 2 }],
    identityMap: { Email: [{ id: 'ada@example.com', primary: true }], ECID: [{ id: '1' }] },
    segmentMembership: {
      UPS: {
        s1: { lastQualificationTime: '2018-04-26T15:52:25+00:00', status: 'existing' },
        s2: { timestamp: '2018-04-26T15:52:25+00:00', status: 'exiting' },
        s3: { status: 'unheard of' },
      },
    },
  };

  it('keeps identities and memberships apart from attributes', () => {
    const profile = toProfile(entity);
    expect(profile.identities).toEqual([
      { namespace: 'Email', id: 'ada@example.com' },
      { namespace: 'ECID', id: '1' },
    ]);
    expect(profile.allMemberships).toEqual([
      {
        namespace: 'UPS',
        segmentId: 's1',
        status: 'EXISTING',
        lastQualifiedAt: new Date('2018-04-26T15:52:25Z'),
      },
      {
        namespace: 'UPS',
        segmentId: 's2',
        status: 'EXITED',
        lastQualifiedAt: new Date('2018-04-26T15:52:25Z'),
      },
      expect.any(UpstreamInvalidResponse),
    ]);
    expect(Object.keys(profile.entity)).toEqual(['person', 'orders']);
  });

  it('gives the paths that are asked for, each at its place, and nothing of an object’s own machinery', () => {
    expect(
      pickPaths(entity, ['person.name.firstName', 'person.gender', 'orders.price', 'nothing.here']),
    ).toEqual({
      person: { name: { firstName: 'Ada' }, gender: 'female' },
      orders: [{ price: 2 }, undefined],
    });
    expect(pickPaths(entity, ['constructor', '__proto__.x', 'person.toString'])).toEqual({});
  });
});
