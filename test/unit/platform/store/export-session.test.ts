import { DuckDBInstance } from '@duckdb/node-api';
import { ingest, person, StoreFixture, tenant } from './support';

const fixture = new StoreFixture();
afterEach(() => jest.restoreAllMocks());
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
