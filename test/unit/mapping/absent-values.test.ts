import { toExportJob } from '../../../src/mapping/export-job.mapping';
import { isMisread } from '../../../src/mapping/misread';
import { toSegmentJob } from '../../../src/mapping/segment-job.mapping';
import { toSegment } from '../../../src/mapping/segment.mapping';
import { readTime } from '../../../src/mapping/time.mapping';
import type { ExportJobWire } from '../../../src/wire/export-job.wire';
import type { SegmentDefinitionWire } from '../../../src/wire/segment-definition.wire';
import type { SegmentJobWire } from '../../../src/wire/segment-job.wire';

const made = 1_700_000_000_000;
const job = (parts: object): SegmentJobWire =>
  ({ id: 'j', status: 'SUCCEEDED', segments: [{ segmentId: 's1' }], creationTime: made, ...parts }) as never;

describe('a value that is not there', () => {
  it.each([0, -1, -5e12, '0', '000', '-1', '', null, undefined])('is no time: %p', (value) => {
    expect(readTime(value)).toBeNull();
  });

  it.each([0, -1, null, undefined])(
    'is no change of a job, which is as old as its making: %p',
    (updateTime) => {
      const { updatedAt, createdAt, countedAt } = toSegmentJob(job({ updateTime }));
      expect([updatedAt, createdAt, countedAt]).toEqual([made, made, made].map((ms) => new Date(ms)));
      const exported = toExportJob({
        ...job({ updateTime }),
        id: 7,
        destination: {},
      } as unknown as ExportJobWire);
      expect(exported.updatedAt).toEqual(new Date(made));
    },
  );

  it('is no making of a job, which is as old as its last change', () => {
    const { createdAt, progress } = toSegmentJob(job({ creationTime: 0, updateTime: made }));
    expect(createdAt).toEqual(new Date(made));
    expect(progress.elapsedMs).toBe(0n);
  });

  it('is an error in the place of a time that nothing tells', () => {
    expect(isMisread(toSegmentJob(job({ creationTime: 0, updateTime: 0 })).createdAt)).toBe(true);
  });

  it.each([null, undefined, {}, { name: null }, { name: '' }])('is the schema of profiles: %j', (schema) => {
    const wire = { id: 's', name: 'S', schema } as unknown as SegmentDefinitionWire;
    expect(toSegment(wire).schemaName).toBe('_xdm.context.profile');
  });

  it('is no count: neither of a namespace nor of a segment', () => {
    const { counts } = toSegmentJob(
      job({
        metrics: {
          segmentedProfileCounter: { s1: 3, s2: null },
          segmentedProfileByNamespaceCounter: { s1: { Email: null, ECID: 2 } },
        },
      }),
    );
    expect(counts).toMatchObject([{ segmentId: 's1', byNamespace: [{ namespace: 'ECID', count: 2n }] }]);
  });
});

it('an id of a segment loses the comma of quirk N13, wherever it stands', () => {
  const { segmentIds } = toSegmentJob(job({ segments: [{ segmentId: 'seg-1,' }, { id: 'seg-2,' }] }));
  expect(segmentIds).toEqual(['seg-1', 'seg-2']);
});
