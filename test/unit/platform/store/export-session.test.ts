import { readdirSync } from 'node:fs';
import promises from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { DiskFull } from '../../../../src/errors/platform-error';
import { tenantFolderName } from '../../../../src/platform/store/data-folder';
import { ingest, person, StoreFixture, tenant } from './support';

const fixture = new StoreFixture();
afterEach(async () => {
  jest.restoreAllMocks();
  await fixture.close();
});
afterAll(() => fixture.dispose());

test('an export that is stopped while its data are opened leaves no engine open', async () => {
  const store = await fixture.open();
  await ingest({ store, entity: 'profile', lines: [person('ada@example.com')] });
  const stop = new AbortController();
  const connect = jest.spyOn(DuckDBInstance.prototype, 'connect').mockImplementation(async function (
    this: DuckDBInstance,
  ) {
    connect.mockRestore();
    const connection = await this.connect();
    const run = connection.run.bind(connection);
    connection.run = (...args) => {
      // The last statement of opening: what follows is the export's own.
      if (args[0] === 'SET lock_configuration = true') stop.abort();
      return run(...args);
    };
    return connection;
  });
  const opened = jest.spyOn(DuckDBInstance, 'create');
  const closed = jest.spyOn(DuckDBInstance.prototype, 'closeSync');
  const data = await store.profileData(tenant);
  await expect(data.openExport({ signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect([opened.mock.calls.length, closed.mock.calls.length]).toEqual([1, 1]);
});

test.each(['the next file', 'the commit'])(
  'a file that cannot be given its name fails %s, and nothing of the batch is left',
  async (teller) => {
    const store = await fixture.open();
    await ingest({ store, entity: 'profile', lines: [person('ada@example.com')] });
    const data = await store.profileData(tenant);
    const session = await data.openExport({ signal: new AbortController().signal });
    const write = (name: string): Promise<unknown> =>
      session.writeParquet({ batchId: 'out-1', name, select: 'SELECT 1 AS one' });
    jest
      .spyOn(promises, 'rename')
      .mockRejectedValueOnce(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    await write('part-0.parquet');
    const told =
      teller === 'the next file'
        ? write('part-1.parquet')
        : session.commit({ jobId: 1, datasetId: '1', batches: [], exportedProfiles: 0, byNamespace: {} });
    await expect(told).rejects.toBeInstanceOf(DiskFull);
    await session.close();
    const own = join(fixture.dataDir, 'tenants', tenantFolderName(tenant));
    expect(readdirSync(join(own, 'exports'))).toEqual([]);
    const [work = ''] = readdirSync(join(own, 'temp'));
    expect(readdirSync(join(own, 'temp', work))).toEqual([]);
  },
);
