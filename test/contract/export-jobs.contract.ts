import { parquetReadObjects } from 'hyparquet';
import type { BatchFileWire, DataAccessListWire, FileEntryWire } from '../../src/wire/data-access.wire';
import type { ExportJobListWire, ExportJobWire } from '../../src/wire/export-job.wire';
import { createDataset, createDefinition, runExport, runSegmentJob, schemas } from './data';
import type { Lacks } from './needs';
import { testNeeding } from './needs';
import type { ContractTarget, GetTarget } from './target';
import { ask, must, paths, terminal, untilAnswer } from './target';

async function contentOf(
  target: ContractTarget,
  batchId: string,
): Promise<{ readonly href: string; readonly length: number; readonly bytes: Buffer }> {
  const { data } = await must<DataAccessListWire<BatchFileWire>>(
    target,
    `GET ${paths.dataAccess}/batches/${batchId}/files`,
  );
  const entries = await must<DataAccessListWire<FileEntryWire>>(
    target,
    `GET ${data[0]?._links.self.href ?? ''}`,
  );
  const entry = entries.data[0];
  if (entry === undefined) throw new Error(`batch ${batchId} has no file`);
  const href = entry._links.self.href;
  return { href, length: Number(entry.length), bytes: (await ask(target, `GET ${href}`)).bytes };
}

/** Contract §6 and §15; needs the people of `data.ts` in the target. */
export function exportJobsContract(target: GetTarget, lacks: Lacks): void {
  async function exportOfUs(): Promise<{
    readonly segmentId: string;
    readonly datasetId: string;
    readonly job: ExportJobWire;
  }> {
    const { id: segmentId } = await createDefinition(target());
    await runSegmentJob(target(), [segmentId]);
    const datasetId = await createDataset(target(), schemas.union);
    const job = await runExport(target(), {
      fields: 'identityMap,person.name.firstName',
      filter: { segments: [{ segmentId }] },
      destination: { datasetId },
    });
    return { segmentId, datasetId, job };
  }

  test('an export is NEW, has a number, and says where it is', async () => {
    const datasetId = await createDataset(target(), schemas.union);
    const answer = await ask(target(), `POST ${paths.exportJobs}`, {
      body: { destination: { dataSetId: datasetId }, schema: { name: '_xdm.context.profile' } },
    });
    const job = answer.body as ExportJobWire;
    expect([answer.status, job.status, typeof job.id]).toEqual([200, 'NEW', 'number']);
    expect(answer.headers.get('x-location')).toBe(`${target().url}${paths.exportJobs}/${job.id}`);
    const batchId = expect.stringMatching(/^[0-9a-f]{24}$/) as string;
    expect(job.destination).toEqual({ datasetId, segmentPerBatch: false, batchId });
    const ended = await untilAnswer<ExportJobWire>(
      target(),
      `GET ${paths.exportJobs}/${job.id}`,
      ({ status }) => terminal.includes(status),
    );
    expect(ended.destination).toEqual(job.destination);
  });

  test('an export of a segment writes its members, and no one else, as Parquet', async () => {
    const { job } = await exportOfUs();
    expect(job).toMatchObject({
      status: 'SUCCEEDED',
      metrics: { totalExportedProfileCounter: 3, exportedProfileByNamespaceCounter: { Email: 3 } },
    });
    const { bytes } = await contentOf(target(), job.destination.batchId ?? '');
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    const names = rows.map(
      (row) => (row as { person?: { name?: { firstName?: string } } }).person?.name?.firstName,
    );
    expect(names.sort()).toEqual(['Barbara', 'Grace', 'Katherine']);
  });

  test('a file answers HEAD, a range, the end of it, and a range outside', async () => {
    const { job } = await exportOfUs();
    const { href, length, bytes } = await contentOf(target(), job.destination.batchId ?? '');
    const head = await ask(target(), `HEAD ${href}`);
    expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([
      200,
      String(length),
      'bytes',
    ]);
    const part = await ask(target(), `GET ${href}`, { headers: { range: 'bytes=4-11' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 4-11/${length}`]);
    expect(part.bytes).toEqual(bytes.subarray(4, 12));
    const end = await ask(target(), `GET ${href}`, { headers: { range: 'bytes=-4' } });
    expect(end.bytes.toString()).toBe('PAR1');
    const outside = await ask(target(), `GET ${href}`, { headers: { range: `bytes=${length}-` } });
    expect([outside.status, outside.headers.get('content-range')]).toEqual([416, `bytes */${length}`]);
  });

  testNeeding('orgs', lacks)('a file is of one org only', async () => {
    const { job } = await exportOfUs();
    const { href } = await contentOf(target(), job.destination.batchId ?? '');
    expect(
      (await ask(target(), `GET ${href}`, { headers: { 'x-gw-ims-org-id': 'STRANGER@AdobeOrg' } })).status,
    ).toBe(404);
  });

  test('a batch per segment names each with its statuses', async () => {
    const { id: segmentId } = await createDefinition(target());
    await runSegmentJob(target(), [segmentId]);
    const datasetId = await createDataset(target(), schemas.union);
    const job = await runExport(target(), {
      filter: { segments: [{ segmentId, status: ['realized'] }] },
      destination: { datasetId, segmentPerBatch: true },
    });
    expect(job.destination).toEqual({
      dataSetId: datasetId,
      segmentPerBatch: true,
      batches: [{ segmentId, segmentNs: 'ups', status: ['realized'], batchId: expect.any(String) as string }],
    });
  });

  test('an export may evaluate its segments first', async () => {
    const { id: segmentId } = await createDefinition(target());
    const datasetId = await createDataset(target(), schemas.union);
    const job = await runExport(target(), {
      filter: { segments: [{ segmentId }] },
      destination: { datasetId },
      evaluationInfo: { segmentation: true },
    });
    expect([job.status, job.metrics?.totalExportedProfileCounter]).toEqual(['SUCCEEDED', 3]);
  });

  test('a dataset that is missing, of another schema, or enabled for Profile is a 400', async () => {
    const datasets = [
      'none-such',
      await createDataset(target(), schemas.profile),
      await createDataset(target(), schemas.union, { unifiedProfile: ['enabled:true'] }),
    ];
    for (const datasetId of datasets) {
      const answer = await ask(target(), `POST ${paths.exportJobs}`, {
        body: { destination: { datasetId }, schema: { name: '_xdm.context.profile' } },
      });
      expect(answer.status).toBe(400);
    }
  });

  test.each([
    [{ fields: 'person.name.firstName,person.nme' }, 'person.nme'],
    [{ additionalFields: { eventList: { fields: 'eventTyp' } } }, 'eventTyp'],
  ])('a field that the schema does not have is a 400 that names it: %j', async (wanted, unknown) => {
    const datasetId = await createDataset(target(), schemas.union);
    const answer = await ask(target(), `POST ${paths.exportJobs}`, {
      body: { ...wanted, destination: { datasetId }, schema: { name: '_xdm.context.profile' } },
    });
    expect([answer.status, answer.bytes.toString()]).toEqual([400, expect.stringContaining(unknown)]);
  });

  test('the placeholder text "string" of documentation names no field', async () => {
    const datasetId = await createDataset(target(), schemas.union);
    const job = await runExport(target(), { fields: 'string', destination: { datasetId } });
    expect([job.status, job.fields]).toEqual(['SUCCEEDED', undefined]);
  });

  test('an unknown segment, status, or time is a 400', async () => {
    const datasetId = await createDataset(target(), schemas.union);
    const { id: segmentId } = await createDefinition(target());
    for (const filter of [
      { segments: [{ segmentId: 'unknown' }] },
      { segments: [{ segmentId, status: ['gone'] }] },
      { fromIngestTimestamp: 'yesterday' },
    ]) {
      const answer = await ask(target(), `POST ${paths.exportJobs}`, {
        body: { filter, destination: { datasetId }, schema: { name: '_xdm.context.profile' } },
      });
      expect(answer.status).toBe(400);
    }
  });

  test('the pages of the list hold each export once and end with an empty next', async () => {
    const datasetId = await createDataset(target(), schemas.union);
    for (let count = 0; count < 3; count += 1) await runExport(target(), { destination: { datasetId } });
    const ids: number[] = [];
    let next = '/export/jobs/?limit=2';
    while (next !== '') {
      const page: ExportJobListWire = await must(target(), `GET /data/core/ups${next}`);
      ids.push(...page.records.map(({ id }) => id));
      const last = page.records.at(-1);
      expect(page.page.pageOffset).toBe(`${last?.creationTime}_${last?.id}`);
      next = page.link.next;
    }
    expect(ids).toEqual([...new Set(ids)].sort((one, other) => other - one));
    const second = await must<ExportJobListWire>(target(), `GET ${paths.exportJobs}?limit=1&offset=1`);
    expect(second.records[0]?.id).toBe(ids[1]);
  });

  test('the list is filtered by status; an unknown one and a broken cursor are 400', async () => {
    const list = await must<ExportJobListWire>(target(), `GET ${paths.exportJobs}?status=FAILED`);
    expect(list.records.filter(({ status }) => status !== 'FAILED')).toEqual([]);
    expect((await ask(target(), `GET ${paths.exportJobs}?status=DONE`)).status).toBe(400);
    expect((await ask(target(), `GET ${paths.exportJobs}?offset=x_1`)).status).toBe(400);
  });

  test('cancel answers 204 and leads to CANCELLED', async () => {
    const datasetId = await createDataset(target(), schemas.union);
    const job = await must<ExportJobWire>(target(), `POST ${paths.exportJobs}`, {
      body: { destination: { datasetId }, schema: { name: '_xdm.context.profile' } },
    });
    expect((await ask(target(), `DELETE ${paths.exportJobs}/${job.id}`)).status).toBe(204);
    const ended = await untilAnswer<ExportJobWire>(
      target(),
      `GET ${paths.exportJobs}/${job.id}`,
      ({ status }) => terminal.includes(status),
    );
    expect([ended.status, ended.destination.batchId]).toEqual(['CANCELLED', '']);
  });

  test('an export of a segment that no job has evaluated fails and says what to do', async () => {
    const { id } = await createDefinition(target());
    const datasetId = await createDataset(target(), schemas.union);
    const wanted = { filter: { segments: [{ segmentId: id }] }, destination: { datasetId } };
    const job = await runExport(target(), wanted);
    expect(job).toMatchObject({
      status: 'FAILED',
      errors: [{ code: '0100000003' }, { code: 'SEGMENT_NOT_EVALUATED' }],
    });
    await runSegmentJob(target(), [id]);
    const next = await runExport(target(), wanted);
    expect(next).toMatchObject({
      status: 'SUCCEEDED',
      computeGatewayJobId: { exportJob: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
    });
  });
}
