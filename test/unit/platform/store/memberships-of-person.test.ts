import { openEngine, type Engine } from '../../../../src/platform/store/engine/engine';
import {
  createMembershipTables,
  createMembershipView,
} from '../../../../src/platform/store/membership/membership-file';
import { createMembershipReader } from '../../../../src/platform/store/membership/memberships-of-person';

const people = 5;
const limits = { threads: 1, memoryLimit: '500MB', tempFolder: '' };
/** Catalogues in memory stand for files; the second holds one segment that another has taken over since. */
const sources = [
  { file: { path: '', as: 'm0', readOnly: true }, segmentIds: ['low', 'top-of-low', 'high', 'top'] },
  { file: { path: '', as: 'm1', readOnly: true }, segmentIds: ['other'] },
];

let engine: Engine;
beforeEach(async () => {
  engine = await openEngine({ limits });
  for (const { file } of sources) {
    await engine.run(`ATTACH ':memory:' AS ${file.as}`);
    for (const sql of createMembershipTables(file.as)) await engine.run(sql);
    await engine.run(
      `INSERT INTO ${file.as}.main.run VALUES (1, TIMESTAMP '2026-01-01'), (2, TIMESTAMP '2026-02-01')`,
    );
  }
  await engine.run(`INSERT INTO m0.main.segment VALUES
    ('low', 0, 0, 2), ('top-of-low', 0, 31, 2), ('high', 0, 32, 1), ('top', 0, 63, 2), ('gone', 0, 5, 2)`);
  await engine.run(`INSERT INTO m1.main.segment VALUES ('other', 0, 0, 2), ('low', 0, 1, 2)`);
  const [bit0, bit31, bit32, bit63] = [1n, 1n << 31n, 1n << 32n, 1n << 63n];
  await engine.run(`INSERT INTO m0.main.change VALUES
    (0, 0, 1, ${bit32 + bit63}, 0), (0, 0, 2, 0, ${bit0 + bit31 + 32n}),
    (0, 1, 2, ${2n ** 64n - 1n}, 0), (0, 2, 1, ${bit31}, ${bit63}), (0, 3, 2, ${bit0}, ${bit32})`);
  await engine.run(`INSERT INTO m1.main.change SELECT 0, p, 2, p % 2, 0 FROM range(${people}) people(p)`);
});
afterEach(() => engine.close());

test('a person has the memberships that the view of all has, whichever bit of a word they are', async () => {
  await createMembershipView(engine, sources);
  const reader = await createMembershipReader(engine, sources);
  for (let pid = 0; pid <= people; pid += 1) {
    const rows = await engine.rows(
      `SELECT segment_id, status, qualified_at FROM membership WHERE "#pid" = ${pid} ORDER BY segment_id, status`,
    );
    const found = await reader.read(pid);
    const asRows = found.map(({ segmentId, status, qualifiedAt }) => ({
      segment_id: segmentId,
      status,
      qualified_at: qualifiedAt,
    }));
    expect(asRows).toEqual(rows);
  }
});
