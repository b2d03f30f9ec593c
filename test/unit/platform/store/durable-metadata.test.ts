import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { DiskFull } from '../../../../src/errors/platform-error';
import type { Metadata } from '../../../../src/platform/store/metadata/open-metadata';
import { openMetadata } from '../../../../src/platform/store/metadata/open-metadata';

let folder: string;
let path: string;
const open: Metadata[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audience-metadata-'));
  path = join(folder, 'platform.sqlite');
});
afterEach(async () => {
  for (const db of open.splice(0)) await db.destroy();
  await rm(folder, { recursive: true, force: true });
});

async function openOne(): Promise<Metadata> {
  const db = await openMetadata(path);
  open.push(db);
  return db;
}

const write = (db: Metadata, name: string, bytes = 10): Promise<unknown> =>
  db
    .insertInto('dataset')
    .values({
      org_id: 'o',
      sandbox: 's',
      id: name,
      name,
      created_at: 1,
      updated_at: 1,
      body: 'x'.repeat(bytes),
    })
    .execute();
const names = async (db: Metadata): Promise<readonly string[]> =>
  (await db.selectFrom('dataset').select('name').orderBy('name').execute()).map(({ name }) => name);

/** As `kill -9` leaves the files: copied while the database is open, with its log and the index of that. */
async function killed(writes: readonly string[]): Promise<void> {
  const db = await openOne();
  for (const name of writes) await write(db, name);
  const copy = join(folder, 'killed');
  execFileSync('mkdir', [copy]);
  for (const end of ['', '-wal', '-shm'])
    writeFileSync(join(copy, `platform.sqlite${end}`), readFileSync(path + end));
  path = join(copy, 'platform.sqlite');
}

describe('a full disk', () => {
  /** The engine's own limit, which it answers as it answers a disk that is full. */
  const fill = (db: Metadata): Promise<unknown> => sql`PRAGMA max_page_count = 1`.execute(db);

  test('is told as DISK_FULL; reads go on, and writes too once there is space', async () => {
    const db = await openOne();
    await write(db, 'before');
    await fill(db);
    await expect(write(db, 'too large', 200_000)).rejects.toBeInstanceOf(DiskFull);
    expect(await names(db)).toEqual(['before']);
    await sql`PRAGMA max_page_count = 1000000`.execute(db);
    await write(db, 'after', 200_000);
    expect(await names(db)).toEqual(['after', 'before']);
  });

  test('in a transaction leaves nothing of it, and no error of the rollback hides the reason', async () => {
    const db = await openOne();
    await fill(db);
    const transaction = db.transaction().execute(async (part) => {
      await write(part, 'first half');
      await write(part, 'second half', 200_000);
    });
    await expect(transaction).rejects.toBeInstanceOf(DiskFull);
    expect(await names(db)).toEqual([]);
  });
});

describe('after kill -9', () => {
  test('all that was acknowledged is there', async () => {
    await killed(['a', 'b', 'c']);
    expect(await names(await openOne())).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['cut off by a byte', (log: string) => truncateSync(log, statSync(log).size - 1)],
    ['cut off by half', (log: string) => truncateSync(log, Math.floor(statSync(log).size / 2))],
    ['empty', (log: string) => truncateSync(log, 0)],
    ['damaged by one bit near its end', (log: string) => flip(log, statSync(log).size - 100)],
    ['damaged by one bit at its beginning', (log: string) => flip(log, 200)],
  ])(
    'a log that is %s is refused, with a copy put aside, and not opened without what is lost',
    async (_, damage) => {
      await killed(['a', 'b', 'c']);
      damage(`${path}-wal`);
      const opening = openMetadata(path);
      await expect(opening).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        reason: 'damaged',
        message: expect.stringMatching(/lost writes that were acknowledged.*copy.*damaged/) as string,
      });
      expect(existsSync(join(folder, 'killed', 'damaged', 'platform.sqlite-wal'))).toBe(true);
    },
  );

  test('what a dying process had begun to write behind the last acknowledged write is no damage', async () => {
    await killed(['a', 'b', 'c']);
    writeFileSync(`${path}-wal`, Buffer.concat([readFileSync(`${path}-wal`), Buffer.alloc(3000, 7)]));
    expect(await names(await openOne())).toEqual(['a', 'b', 'c']);
  });

  test('a log that has been copied into the database may go', async () => {
    const db = await openOne();
    await write(db, 'a');
    await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
    await killed([]);
    expect(await names(await openOne())).toEqual(['a']);
  });

  test('without the index there is nothing to compare with, and the database opens', async () => {
    await killed(['a']);
    await rm(`${path}-shm`);
    expect(await names(await openOne())).toEqual(['a']);
  });
});

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
