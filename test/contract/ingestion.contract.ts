import type { BatchWire } from '../../src/wire/catalog.wire';
import type { OpenBatchAnswerWire } from '../../src/wire/ingestion.wire';
import { createDataset, ingest, people, profileLine, schemas } from './data';
import type { GetTarget } from './target';
import { ask, must, paths, untilAnswer } from './target';

/** Batch Ingestion, and contract §14, §15 and §10.1. */
export function ingestionContract(target: GetTarget): void {
  async function openBatch(): Promise<{
    readonly datasetId: string;
    readonly batchId: string;
    readonly file: string;
  }> {
    const datasetId = await createDataset(target(), schemas.profile);
    const { id } = await must<OpenBatchAnswerWire>(target(), `POST ${paths.ingestion}`, {
      body: { datasetId, inputFormat: { format: 'json' } },
    });
    return {
      datasetId,
      batchId: id,
      file: `${paths.ingestion}/${id}/datasets/${datasetId}/files/rows.ndjson`,
    };
  }
  const raw = {
    raw: `${profileLine(people[0] ?? { name: '', country: '' })}\n`,
    headers: { 'content-type': 'application/octet-stream' },
  };

  test('a batch is open while its files come', async () => {
    const { datasetId, batchId, file } = await openBatch();
    await must(target(), `PUT ${file}`, raw);
    const batches = await must<Record<string, BatchWire>>(
      target(),
      `GET ${paths.batches}?dataSet=${datasetId}&status=loading`,
    );
    expect(batches).toMatchObject({
      [batchId]: { status: 'loading', relatedObjects: [{ type: 'dataSet', id: datasetId, tag: 'input' }] },
    });
  });

  test('good rows come in, bad ones are told by line', async () => {
    const datasetId = await createDataset(target(), schemas.profile);
    const good = people.map(profileLine);
    const batch = await ingest(target(), datasetId, [...good.slice(0, 2), '{broken', ...good.slice(2)]);
    expect(batch).toMatchObject({ status: 'success', recordCount: good.length, failedRecordCount: 1 });
    const { bytes } = await ask(target(), `GET ${paths.dataAccess}/batches/${batch.id}/meta?path=row_errors`);
    const rejected = bytes
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: number; code: string });
    expect(rejected).toMatchObject([{ line: 3, code: 'invalid-json' }]);
    const failed = await ask(
      target(),
      `GET ${paths.dataAccess}/batches/${batch.id}/failed?path=failed.ndjson`,
    );
    expect(failed.bytes.toString()).toBe('{broken\n');
  });

  test('a person that came in is found by identity, whatever the case of the namespace', async () => {
    const answer = await must<Record<string, { entity: object }>>(
      target(),
      `GET ${paths.entities}?schema.name=_xdm.context.profile&entityId=ada@example.com&entityIdNS=email`,
    );
    const [entry] = Object.values(answer);
    expect(entry?.entity).toMatchObject({
      person: { name: { firstName: 'Ada' } },
      homeAddress: { countryCode: 'GB' },
    });
  });

  test('only the fields that are asked for are shown', async () => {
    const answer = await must<Record<string, { entity: object }>>(
      target(),
      `GET ${paths.entities}?schema.name=_xdm.context.profile&entityId=ada@example.com&entityIdNS=Email&withCA=true&fields=person.name.firstName`,
    );
    expect(Object.values(answer)[0]?.entity).toEqual({ person: { name: { firstName: 'Ada' } } });
  });

  test('an aborted batch takes nothing more', async () => {
    const { batchId, file } = await openBatch();
    await must(target(), `PUT ${file}`, raw);
    await must(target(), `POST ${paths.ingestion}/${batchId}?action=ABORT`);
    expect((await ask(target(), `PUT ${file}`, raw)).status).toBe(409);
    expect(await must(target(), `GET ${paths.batches}/${batchId}`)).toMatchObject({
      [batchId]: { status: 'aborted' },
    });
  });

  test('completing a batch a second time changes nothing', async () => {
    const { batchId, file } = await openBatch();
    await must(target(), `PUT ${file}`, raw);
    await must(target(), `POST ${paths.ingestion}/${batchId}?action=COMPLETE`);
    await must(target(), `POST ${paths.ingestion}/${batchId}?action=COMPLETE`);
    const done = await untilAnswer<Record<string, BatchWire>>(
      target(),
      `GET ${paths.batches}/${batchId}`,
      (body) => ['success', 'failed'].includes(body[batchId]?.status ?? ''),
    );
    expect(done[batchId]).toMatchObject({ status: 'success', recordCount: 1 });
    await must(target(), `POST ${paths.ingestion}/${batchId}?action=COMPLETE`);
    expect(await must(target(), `GET ${paths.batches}/${batchId}`)).toEqual(done);
  });

  test('of two batches with the same content at the same time one changes nothing, and says so', async () => {
    const datasetId = await createDataset(target(), schemas.profile);
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const body = { datasetId, inputFormat: { format: 'json' } };
        const { id } = await must<OpenBatchAnswerWire>(target(), `POST ${paths.ingestion}`, { body });
        await must(target(), `PUT ${paths.ingestion}/${id}/datasets/${datasetId}/files/rows`, raw);
        return id;
      }),
    );
    await Promise.all(ids.map((id) => must(target(), `POST ${paths.ingestion}/${id}?action=COMPLETE`)));
    const done = await untilAnswer<Record<string, BatchWire>>(
      target(),
      `GET ${paths.batches}?dataSet=${datasetId}`,
      (body) => Object.values(body).every(({ status }) => status === 'success'),
    );
    const [first, second] = ids.sort((a, b) => (done[b]?.recordCount ?? 0) - (done[a]?.recordCount ?? 0)) as [
      string,
      string,
    ];
    expect(done[first]).toMatchObject({ recordCount: 1, errors: [] });
    expect(done[second]).toMatchObject({
      recordCount: 0,
      tags: { duplicateOf: [first] },
      errors: [{ code: 'duplicate-content' }],
    });
  });

  // Of somebody who is there already: other suites count people.
  test.each([
    [{ format: 'json', isMultiLineJson: true }, `[\n${profileLine({ name: 'Grace', country: 'US' })}\n]`],
    [{ format: 'csv' }, 'identityMap.Email,homeAddress.countryCode\r\ngrace@example.com,US\r\n'],
  ])('rows come in as %j', async (inputFormat, content) => {
    const datasetId = await createDataset(target(), schemas.profile);
    const { id } = await must<OpenBatchAnswerWire>(target(), `POST ${paths.ingestion}`, {
      body: { datasetId, inputFormat },
    });
    await must(target(), `PUT ${paths.ingestion}/${id}/datasets/${datasetId}/files/rows`, {
      ...raw,
      raw: content,
    });
    await must(target(), `POST ${paths.ingestion}/${id}?action=COMPLETE`);
    const done = await untilAnswer<Record<string, BatchWire>>(
      target(),
      `GET ${paths.batches}/${id}`,
      (body) => ['success', 'failed'].includes(body[id]?.status ?? ''),
    );
    expect(done[id]).toMatchObject({ status: 'success', recordCount: 1, inputFormat });
  });

  test('a batch without a file cannot be completed', async () => {
    const { batchId } = await openBatch();
    expect((await ask(target(), `POST ${paths.ingestion}/${batchId}?action=COMPLETE`)).status).toBe(400);
    expect((await ask(target(), `POST ${paths.ingestion}/${batchId}?action=EAT`)).status).toBe(400);
  });

  test.each(['..%2f..%2fescape', '.hidden', 'a%20b'])('the file name %s is refused', async (name) => {
    const { file } = await openBatch();
    expect((await ask(target(), `PUT ${file.replace('rows.ndjson', name)}`, raw)).status).toBe(400);
  });

  test('a dataset that takes no data in cannot have a batch', async () => {
    const datasetId = await createDataset(target(), schemas.union);
    const body = { datasetId, inputFormat: { format: 'json' } };
    expect((await ask(target(), `POST ${paths.ingestion}`, { body })).status).toBe(400);
    expect(
      (await ask(target(), `POST ${paths.ingestion}`, { body: { ...body, datasetId: 'none' } })).status,
    ).toBe(404);
  });
}
