import { exportJobList, segmentJob } from '../../fixtures/adobe/bodies';
import { toExportJob, toExportJobBodyWire } from '../../../src/mapping/export-job.mapping';
import { toJobErrors, toJobPhases, toJobProgress, toJobStatus } from '../../../src/mapping/job.mapping';
import {
  toAudienceSnapshots,
  toRecordedSegment,
  toSegmentJob,
} from '../../../src/mapping/segment-job.mapping';
import type { CreateExportJobInput } from '../../../src/schema/export-job.input';
import type { ExportJobWire } from '../../../src/wire/export-job.wire';

const [finished, failed] = exportJobList.records as unknown as [ExportJobWire, ExportJobWire];
const running = { status: 'PROCESSING', creationTime: 1_573_203_617_000, updateTime: 1_573_203_627_000 };

describe('a segment job of Adobe’s tutorial', () => {
  const job = toSegmentJob(segmentJob);

  it('is one that has ended, with its phase and its schema', () => {
    expect(job).toMatchObject({
      id: '80388706-29fa-40d3-81cf-a297d0224ad9',
      kind: 'SEGMENT',
      status: 'SUCCEEDED',
      rawStatus: 'SUCCEEDED',
      isTerminal: true,
      allSegments: false,
      segmentIds: ['b560a09a-de85-4a1c-8477-2f3da1d9e86b'],
      createdAt: new Date('2019-01-09T19:53:51.503Z'),
      progress: { fraction: 1, basis: 'MEASURED', elapsedMs: 99_678n, estimatedEndAt: null },
      errors: [],
      requestId: 'prgu92v4VNvsGuuXticcsqX96UXGjXtS',
    });
    expect(job.phases).toEqual([
      {
        name: 'segmentation',
        startedAt: new Date(1_547_063_669_001),
        endedAt: new Date(1_547_063_720_887),
        durationMs: 51_886n,
      },
    ]);
  });

  it('says what it counted, segment by segment', () => {
    const [first] = toAudienceSnapshots(job).filter(({ size }) => size > 0n);
    expect(first).toMatchObject({
      segmentId: 'ca763983-5572-4ea4-809c-b7dff7e0d79b',
      size: 4195n,
      at: new Date(1_547_063_731_181),
      byNamespace: [{ namespace: 'email', count: 4195n }],
      byStatus: [],
    });
  });

  it('knows what is left of a definition that was deleted, as text though it calls itself pql/json', () => {
    expect(toRecordedSegment(job, 'b560a09a-de85-4a1c-8477-2f3da1d9e86b')).toMatchObject({
      name: 'b560a09a-de85-4a1c-8477-2f3da1d9e86b',
      version: 1,
      schemaName: '_xdm.context.profile',
      expression: { format: 'TEXT', text: 'homeAddress.country = "US"' },
      mergePolicyId: '0bf16e61-90e9-4204-b8fa-ad250360957b',
    });
  });
});

describe('a segment job over everything', () => {
  const metrics = {
    segmentedProfileCounter: { s1: 5, s2: 0 },
    segmentedProfileByStatusCounter: { s1: { realized: 2, existing: 3, exited: 1 } },
  };
  const wire = {
    id: 'j',
    segments: [{ segmentId: '*' }],
    status: 'SUCCEEDED',
    metrics,
    creationTime: 1,
    updateTime: 2,
  };

  it('names its segments once it has counted them', () => {
    expect(toSegmentJob(wire)).toMatchObject({ allSegments: true, segmentIds: ['s1', 's2'] });
    expect(toSegmentJob({ ...wire, metrics: {} }).segmentIds).toEqual([]);
  });

  it('counts who entered, stayed and left', () => {
    expect(toAudienceSnapshots(toSegmentJob(wire))[0]?.byStatus).toEqual([
      { status: 'REALIZED', count: 2n },
      { status: 'EXISTING', count: 3n },
      { status: 'EXITED', count: 1n },
    ]);
  });

  it('shows no results before it has succeeded', () => {
    expect(toAudienceSnapshots(toSegmentJob({ ...wire, status: 'CANCELLED' }))).toEqual([]);
  });
});

describe('export jobs of Adobe’s list', () => {
  it('have a number as id, which becomes text', () => {
    expect(toExportJob(finished).id).toBe('100');
  });

  it('name paths, filter, dataset and one batch for all', () => {
    expect(toExportJob(finished)).toMatchObject({
      fields: ['identities.id', 'personalEmail.address'],
      schemaName: '_xdm.context.profile',
      datasetId: '5b7c86968f7b6501e21ba9df',
      segmentPerBatch: false,
      batches: [{ batchId: 'da5cfb4de32c4b93a09f7e37fa53ad52', segment: null }],
      exportedProfiles: 20n,
      filter: {
        segments: [
          { segmentId: '52c26d0d-45f2-47a2-ab30-ed06abc981ff', namespace: 'ups', statuses: ['REALIZED'] },
        ],
        emptyProfiles: false,
      },
      mergePolicyId: 'timestampOrdered-none-mp',
      events: null,
    });
  });

  it('tell why they failed without where Adobe keeps its data', () => {
    const job = toExportJob(failed);
    expect(job).toMatchObject({ status: 'FAILED', isTerminal: true });
    expect(job.errors).toEqual([
      {
        code: '0090000009',
        message: 'Writing the profiles failed.',
        hint: expect.stringContaining('union schema') as string,
      },
      { code: 'unknown', message: 'Job aborted.', hint: null },
    ]);
    expect(JSON.stringify(job.errors)).not.toMatch(/callStack|azure|spark/i);
  });

  it('have no batch where its id is empty', () => {
    const destination = { datasetId: 'd', segmentPerBatch: false, batchId: '' };
    expect(toExportJob({ ...failed, destination }).batches).toEqual([]);
  });

  it('have one batch a segment, whose status may be text or a list, under the other spelling of the dataset', () => {
    const destination = {
      dataSetId: 'd',
      segmentPerBatch: true,
      batches: [
        { segmentId: 's1', segmentNs: 'ups', status: ['realized'], batchId: 'b1' },
        { segmentId: 's2', status: 'exited', batchId: 'b2' },
      ],
    };
    expect(toExportJob({ ...finished, destination })).toMatchObject({
      datasetId: 'd',
      batches: [
        { batchId: 'b1', segment: { segmentId: 's1', namespace: 'ups', statuses: ['REALIZED'] } },
        { batchId: 'b2', segment: { segmentId: 's2', namespace: 'ups', statuses: ['EXITED'] } },
      ],
    });
  });
});

describe('an export that is asked for', () => {
  const input = {
    destination: { datasetId: 'd' },
    allProfiles: false,
    emptyProfiles: false,
    segmentPerBatch: false,
    evaluateFirst: false,
    schemaName: '_xdm.context.profile',
    segments: [{ segmentId: 's1', namespace: 'ups', statuses: ['REALIZED', 'EXISTING'] }],
  } satisfies CreateExportJobInput;

  it('says only what was given', () => {
    expect(toExportJobBodyWire(input, 'd')).toEqual({
      filter: { segments: [{ segmentId: 's1', segmentNs: 'ups', status: ['realized', 'existing'] }] },
      destination: { datasetId: 'd', segmentPerBatch: false },
      schema: { name: '_xdm.context.profile' },
    });
  });

  it('has no filter where every profile is meant', () => {
    expect(toExportJobBodyWire({ ...input, segments: null, allProfiles: true }, 'd')).not.toHaveProperty(
      'filter',
    );
  });

  it('carries fields, ranges, events and the wish to evaluate first', () => {
    const from = new Date('2026-01-01T00:00:00Z');
    const body = toExportJobBodyWire(
      {
        ...input,
        fields: ['person.name', 'homeAddress'],
        mergePolicyId: 'm',
        qualifiedFrom: from,
        ingestedAfter: from,
        emptyProfiles: true,
        events: { fields: ['eventType'], ingestedTo: from },
        evaluateFirst: true,
      },
      'd',
    );
    expect(body).toMatchObject({
      fields: 'person.name,homeAddress',
      mergePolicy: { id: 'm' },
      filter: {
        segmentQualificationTime: { startTime: '2026-01-01T00:00:00.000Z' },
        fromIngestTimestamp: '2026-01-01T00:00:00.000Z',
        emptyProfiles: true,
      },
      additionalFields: {
        eventList: { fields: 'eventType', filter: { toIngestTimestamp: '2026-01-01T00:00:00.000Z' } },
      },
      evaluationInfo: { segmentation: true },
    });
  });
});

describe('what both kinds share', () => {
  it('takes a status that Adobe added later for UNKNOWN', () => {
    expect(toJobStatus('PROCESSING')).toBe('PROCESSING');
    expect(toJobStatus('PAUSED')).toBe('UNKNOWN');
    expect(toJobStatus('constructor')).toBe('UNKNOWN');
  });

  it('forecasts an end from what has been measured, by the upstream’s own clock', () => {
    expect(toJobProgress({ ...running, progress: 0.25 })).toEqual({
      fraction: 0.25,
      basis: 'MEASURED',
      elapsedMs: 10_000n,
      estimatedEndAt: new Date(1_573_203_657_000),
    });
  });

  it('knows nothing where nothing is told', () => {
    expect(toJobProgress(running)).toMatchObject({ fraction: null, basis: 'UNKNOWN', estimatedEndAt: null });
  });

  it.each([
    [-1, 0],
    [7, 1],
    [Number.NaN, null],
  ])('keeps a progress of %s within bounds', (progress, fraction) => {
    expect(toJobProgress({ ...running, progress }).fraction).toBe(fraction);
  });

  it('never lets the time that passed fall back, though a job waits before its work begins', () => {
    const creationTime = 1_573_203_600_000;
    const at = (seconds: number): number => creationTime + seconds * 1000;
    const readings = [
      { status: 'NEW', updateTime: at(0), progress: 0 },
      { status: 'QUEUED', updateTime: at(30), progress: 0 },
      { status: 'PROCESSING', updateTime: at(31), metrics: {} },
      { status: 'PROCESSING', updateTime: at(32), metrics: { totalTime: { startTimeInMs: at(31) } } },
      {
        status: 'SUCCEEDED',
        updateTime: at(90),
        metrics: { totalTime: { startTimeInMs: at(31), endTimeInMs: at(40), totalTimeInMs: 9_000 } },
      },
    ];
    const elapsed = readings.map((reading) => toJobProgress({ ...reading, creationTime }).elapsedMs);
    expect(elapsed).toEqual([0n, 30_000n, 31_000n, 32_000n, 40_000n]);
  });

  it.each(['NEW', 'QUEUED'])('takes the 0 of a job that is %s for no measurement', (status) => {
    expect(toJobProgress({ ...running, status, progress: 0 })).toMatchObject({
      fraction: null,
      basis: 'UNKNOWN',
      estimatedEndAt: null,
    });
  });

  it('has no phase that has not begun, and none of negative length', () => {
    expect(toJobPhases({ segmentation: {} })).toEqual([]);
    const [phase] = toJobPhases({
      write: { startTimeInMs: 1_573_203_617_195, endTimeInMs: 1_573_203_617_000 },
    });
    expect(phase?.durationMs).toBe(0n);
  });

  const untold = 'It failed; the upstream’s words cannot be shown.';
  it.each([
    ['wrote to wasbs://data@host.example/p?sig=abc then stopped', untold],
    ['cannot open /mnt/data/part-0.parquet', untold],
    ['failed at com.adobe.Foo(Foo.java:12) at x', untold],
    ['SELECT * FROM users WHERE a=1', untold],
    ['host db-7.internal.adobe.net:5432 10.0.0.5', untold],
    ['The rate of 12 is too high', 'The rate of 12 is too high'],
  ])('tells %j as %j', (msg, message) => {
    expect(toJobErrors([{ msg }])[0]?.message).toBe(message);
  });

  it('has words for an error that has none', () => {
    expect(toJobErrors([{}])).toEqual([{ code: null, message: 'The upstream gave no message.', hint: null }]);
  });

  it('counsels what the reason needs, and nothing else beside it', () => {
    const generic = { code: '0100000003', msg: 'Error in Export Job' };
    expect(toJobErrors([generic])[0]?.hint).toMatch(/try again/);
    const told = toJobErrors([generic, { code: 'SEGMENT_NOT_EVALUATED', msg: 'Never evaluated.' }]);
    expect(told.map(({ hint }) => hint)).toEqual([
      null,
      'Run createSegmentJob first, or export with evaluateFirst: true.',
    ]);
  });
});
