import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import { migrations } from '../../../../src/platform/store/metadata/migrations';
import { openMetadata } from '../../../../src/platform/store/metadata/open-metadata';
import { mergeRuleKey, plainRule } from '../../../../src/platform/store/merge-rule';

type Tables = Record<string, Record<string, string | number>>;

describe('a database of the first release', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'audience-migration-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps its generation as one of the rule that there was, to be built anew, and learns the datasets', async () => {
    const path = join(folder, 'platform.sqlite');
    const old = new Kysely<Tables>({ dialect: new SqliteDialect({ database: new Database(path) }) });
    await new Migrator({ db: old, provider: migrations }).migrateTo('0001-first-tables');
    const key = { org_id: 'ACME', sandbox: 'prod' };
    const times = { created_at: 1, updated_at: 1 };
    await old
      .insertInto('batch')
      .values({
        ...key,
        ...times,
        id: 'b',
        name: '',
        body: '{}',
        dataset_id: 'd',
        direction: 'input',
        status: 'success',
      })
      .execute();
    await old
      .insertInto('profile_fragment')
      .values({ ...key, batch_id: 'b', entity: 'profile', file: 'f', columns: '[]', created_at: 1 })
      .execute();
    await old
      .insertInto('profile_generation')
      .values({ ...key, number: 3, file: 'g', profiles: 2, events: 1, created_at: 1 })
      .execute();
    await old
      .insertInto('membership_head')
      .values({ ...key, segment_id: 's', file: 'm' })
      .execute();
    await old.destroy();

    const db = await openMetadata(path);
    try {
      const merge_rule = mergeRuleKey(plainRule);
      expect(await db.selectFrom('profile_generation').selectAll().execute()).toEqual([
        expect.objectContaining({ merge_rule, number: 3, file: 'g', profiles: 2, data_version: 0 }),
      ]);
      expect(await db.selectFrom('profile_fragment').select('dataset_id').execute()).toEqual([
        { dataset_id: 'd' },
      ]);
    } finally {
      await db.destroy();
    }
  });
});
