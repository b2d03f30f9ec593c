import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tenantFolderName } from '../../../../src/platform/store/data-folder';
import { openEngine } from '../../../../src/platform/store/engine/engine';
import { ingest, person, StoreFixture, tenant } from './support';

const fixture = new StoreFixture();
afterAll(() => fixture.dispose());

test('the row of one person is found by an index, those of many by a scan', async () => {
  const store = await fixture.open();
  const lines = Array.from({ length: 100 }, (_, n) => person(`p${n}@example.com`));
  await ingest({ store, entity: 'profile', lines });
  const folder = join(fixture.dataDir, 'tenants', tenantFolderName(tenant), 'generations');
  const path = join(folder, readdirSync(folder)[0] ?? '');
  const limits = { threads: 1, memoryLimit: '500MB', tempFolder: '' };
  const engine = await openEngine({ limits, attach: [{ path, as: 'gen', readOnly: true }] });
  const wayTo = async (where: string): Promise<string | undefined> => {
    const [row] = await engine.rows(`EXPLAIN ANALYZE SELECT "#xid" FROM gen.main.profile_row WHERE ${where}`);
    return /Type: (\w+)/u.exec(String(row?.['explain_value']))?.[1];
  };
  expect([await wayTo('"#pid" = 5'), await wayTo('"#pid" >= 5 AND "#pid" < 95')]).toEqual([
    'Index',
    'Sequential',
  ]);
  engine.close();
});
