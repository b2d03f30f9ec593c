import type { DatasetFileWire } from '../../src/wire/catalog.wire';
import type {
  BatchFileWire,
  DataAccessListWire,
  DatasetPreviewWire,
  FileEntryWire,
} from '../../src/wire/data-access.wire';
import type { ExportJobWire } from '../../src/wire/export-job.wire';
import {
  createDataset,
  createDefinition,
  ingest,
  people,
  profileLine,
  runExport,
  runSegmentJob,
  schemas,
} from './data';
import type { GetTarget } from './target';
import { ask, must, paths } from './target';

type Entries = DataAccessListWire<FileEntryWire>;

/** Contract §15; needs the people of `data.ts` in the target. */
export function dataAccessContract(target: GetTarget): void {
  let datasetId = '';
  let batchId = '';
  let file = '';
  let whole: Buffer = Buffer.alloc(0);
  beforeAll(async () => {
    const { id: segmentId } = await createDefinition(target());
    await runSegmentJob(target(), [segmentId]);
    datasetId = await createDataset(target(), schemas.union);
    const job: ExportJobWire = await runExport(target(), {
      fields: 'identityMap,person.name.firstName',
      filter: { segments: [{ segmentId }] },
      destination: { datasetId },
    });
    batchId = String(job.destination?.batchId);
    const files = await must<DataAccessListWire<BatchFileWire>>(
      target(),
      `GET ${paths.dataAccess}/batches/${batchId}/files`,
    );
    const entries = await must<Entries>(target(), `GET ${files.data[0]?._links.self.href ?? ''}`);
    file = entries.data[0]?._links.self.href ?? '';
    whole = (await ask(target(), `GET ${file}`)).bytes;
  });

  test('a file tells its version, by which a part or nothing is asked for', async () => {
    const answer = await ask(target(), `GET ${file}`);
    const etag = answer.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect(Date.parse(answer.headers.get('last-modified') ?? '')).not.toBeNaN();
    const statusWith = async (headers: Record<string, string>): Promise<number> =>
      (await ask(target(), `GET ${file}`, { headers })).status;
    expect(await statusWith({ 'if-none-match': etag })).toBe(304);
    expect(await statusWith({ range: 'bytes=0-3', 'if-range': etag })).toBe(206);
    expect(await statusWith({ range: 'bytes=0-3', 'if-range': '"another"' })).toBe(200);
  });

  test('the files of a batch come in pages, with texts for numbers', async () => {
    const path = `${paths.dataAccess}/batches/${batchId}/files`;
    expect(await must(target(), `GET ${path}?limit=1`)).toMatchObject({
      data: [{ dataSetFileId: `${batchId}-1`, size: String(whole.length), records: '3', isValid: false }],
      _page: { limit: 1, count: 1 },
      _links: { page: { templated: true, href: expect.stringContaining('{start}') as string } },
    });
    const dataset = await must<Record<string, { viewId: string }>>(
      target(),
      `GET ${paths.datasets}/${datasetId}`,
    );
    const { data } = await must<DataAccessListWire<BatchFileWire>>(target(), `GET ${path}`);
    expect(data[0]?.dataSetViewId).toBe(dataset[datasetId]?.viewId);
    expect(await must(target(), `GET ${path}?start=1`)).toMatchObject({ data: [], _page: { count: 1 } });
    for (const query of ['limit=0', 'limit=101', 'start=-1'])
      expect((await ask(target(), `GET ${path}?${query}`)).status).toBe(400);
  });

  test('the page of one file has the limit that was asked for', async () => {
    const listing = file.split('?')[0] ?? '';
    expect(await must(target(), `GET ${listing}?limit=1`)).toMatchObject({ _page: { limit: 1, count: 1 } });
    expect(await must(target(), `GET ${listing}?start=1`)).toMatchObject({ data: [], _page: { count: 1 } });
    expect((await ask(target(), `GET ${listing}?limit=0`)).status).toBe(400);
  });

  test('the batch of an export says who asked for it', async () => {
    const key = target().headers['x-api-key'] ?? '';
    expect(await must(target(), `GET ${paths.batches}/${batchId}`)).toMatchObject({
      [batchId]: {
        createdClient: key,
        createdUser: `${key}@AdobeID`,
        updatedUser: `${key}@AdobeID`,
        tags: {},
      },
    });
  });

  test.each([
    ['bytes=0-3', 0, 4],
    ['bytes=4-', 4, undefined],
    ['bytes=-4', -4, undefined],
    ['bytes=0-99999999', 0, undefined],
  ])('the range %s is the right part', async (range, from, to) => {
    const answer = await ask(target(), `GET ${file}`, { headers: { range } });
    const part = whole.subarray(from, to);
    const first = from < 0 ? whole.length + from : from;
    expect([answer.status, answer.headers.get('content-range')]).toEqual([
      206,
      `bytes ${first}-${first + part.length - 1}/${whole.length}`,
    ]);
    expect(answer.bytes.equals(part)).toBe(true);
    expect(answer.headers.get('content-length')).toBe(String(part.length));
  });

  test('several ranges at once, and what is none, give the whole', async () => {
    for (const range of ['bytes=0-1,3-4', 'bytes=5-2', 'rows=1-2']) {
      const answer = await ask(target(), `GET ${file}`, { headers: { range } });
      expect([answer.status, answer.bytes.length]).toEqual([200, whole.length]);
    }
  });

  test('a range behind the end is 416 with the size', async () => {
    const answer = await ask(target(), `GET ${file}`, { headers: { range: `bytes=${whole.length}-` } });
    expect([answer.status, answer.headers.get('content-range'), answer.body]).toMatchObject([
      416,
      `bytes */${whole.length}`,
      { status: 416, title: 'RangeNotSatisfiableError' },
    ]);
  });

  test('HEAD tells size, kind and that ranges are taken', async () => {
    const { status, headers, bytes } = await ask(target(), `HEAD ${file}`);
    expect([status, headers.get('content-length'), headers.get('accept-ranges'), bytes.length]).toEqual([
      200,
      String(whole.length),
      'bytes',
      0,
    ]);
    expect(headers.get('content-type')).toMatch(/parquet|octet-stream/);
  });

  test.each([
    ['batches/none/files', 404],
    ['batches/none/failed', 404],
    ['batches/none/meta', 404],
    ['files/none-1', 404],
    ['datasets/none/preview', 404],
  ])('%s is %i of family C', async (path, status) => {
    const answer = await ask(target(), `GET ${paths.dataAccess}/${path}`);
    expect([answer.status, answer.body]).toMatchObject([status, { title: 'NotFoundError', status }]);
  });

  test('a dataset is previewed by its export, else by the rows that came in', async () => {
    const preview = (id: string): Promise<DatasetPreviewWire> =>
      must(target(), `GET ${paths.dataAccess}/datasets/${id}/preview`);
    const exported = await preview(datasetId);
    expect(exported.data).toHaveLength(3);
    expect(exported.data).toContainEqual(
      expect.objectContaining({ person: { name: { firstName: 'Grace' } } }),
    );
    const imported = await createDataset(target(), schemas.profile);
    expect(await preview(imported)).toEqual({ data: [] });
    await ingest(target(), imported, people.map(profileLine));
    const { data } = await preview(imported);
    expect(data).toHaveLength(people.length);
    expect(data).toContainEqual(
      expect.objectContaining({ person: { name: { firstName: 'Ada' } }, homeAddress: { countryCode: 'GB' } }),
    );
  });

  test('the files link of a dataset leads to its files', async () => {
    const answer = await must<Record<string, { files: string }>>(
      target(),
      `GET ${paths.datasets}/${datasetId}`,
    );
    const link = (answer[datasetId]?.files ?? '').replace('@', paths.datasets.replace('/dataSets', ''));
    const files = await must<Record<string, DatasetFileWire>>(target(), `GET ${link}`);
    expect(files).toMatchObject({ [`${batchId}-1`]: { batchId, size: whole.length } });
  });

  test('an import tells its refused rows, why, and which files came', async () => {
    const imported = await createDataset(target(), schemas.profile);
    const { id } = await ingest(target(), imported, [...people.map(profileLine), 'nonsense']);
    const path = `${paths.dataAccess}/batches/${id}`;
    const names = async (kind: string): Promise<readonly string[]> =>
      (await must<Entries>(target(), `GET ${path}/${kind}`)).data.map(({ name }) => name);
    expect([await names('failed'), await names('meta')]).toEqual([
      ['failed.ndjson'],
      ['row_errors', 'row_errors_sample.json', 'input_files'],
    ]);
    expect(await must(target(), `GET ${path}/meta?path=row_errors_sample.json`)).toMatchObject([
      { line: people.length + 1, code: 'invalid-json' },
    ]);
    expect((await ask(target(), `GET ${path}/meta?path=input_files`)).bytes.toString()).toMatch(
      /^\{"name":"rows.ndjson","length":"\d+"\}\n$/,
    );
    const page = await must<Entries>(target(), `GET ${path}/meta?limit=1&start=1`);
    expect(page).toMatchObject({ data: [{ name: 'row_errors_sample.json' }], _page: { limit: 1, count: 3 } });
    expect((await must<Entries>(target(), `GET ${page._links?.next?.href ?? ''}`)).data).toHaveLength(1);
    expect((await ask(target(), `GET ${path}/meta?path=none`)).status).toBe(404);
  });
}
