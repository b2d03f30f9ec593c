import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../../../../src/platform/store/engine/engine';
import { createDataViews } from '../../../../src/platform/store/generation/data-views';
import { smallLimits, writeGeneration } from '../../../support/small-generation';
import { schemaOf } from '../../../../src/platform/store/schema';

describe('the views of a generation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'views-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('have the sets of namespaces also where an earlier release kept them in a table of their own', async () => {
    const path = join(folder, 'generation.duckdb');
    await writeGeneration(path, [
      { names: ['ada'], namespaces: ['Email'] },
      { names: ['bob'], namespaces: ['CRMID'] },
    ]);
    const engine = await openEngine({ limits: smallLimits, attach: [{ path, as: 'gen', readOnly: true }] });
    try {
      const views = await createDataViews(engine, schemaOf([]));
      const columns = { profile: [], event: [], row: false, set: true };
      const rows = (sql: string) => engine.rows(`SELECT "#pid", "set" FROM (${sql}) ORDER BY "#pid"`);
      const sets = [
        { '#pid': 0, set: 0 },
        { '#pid': 1, set: 1 },
      ];
      expect(await rows('FROM owner')).toEqual(sets);
      expect(await rows('SELECT "#pid", "#set" AS "set" FROM profile')).toEqual(sets);
      const pass = views.narrowed('SELECT "#pid", "#set" AS "set" FROM profile', columns);
      expect(await rows(pass)).toEqual(sets);
    } finally {
      engine.close();
    }
  });
});
