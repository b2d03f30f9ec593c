import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { GatewayDiskFull } from '../../../src/errors/gateway-state-error';
import { createAudienceRunRepository } from '../../../src/state/audience-runs';
import { createExternalAudiences } from '../../../src/state/external-audiences';
import { openDatabase } from '../../../src/state/open-database';
import type { StateDatabase } from '../../../src/state/open-database';
import { newRun } from '../../support/audience-run-records';

const tenant = { orgId: 'ADA@AdobeOrg', sandbox: 'prod' };
const place = { ...tenant, templateId: 't1', segmentId: 's1' };
const long = 'x'.repeat(10_000);

let folder: string;
let db: StateDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-state-'));
  db = await openDatabase(join(folder, 'gateway.sqlite'));
});
afterEach(async () => {
  await db.destroy();
  rmSync(folder, { recursive: true });
});

/** SQLite counts pages as it counts the blocks of a disk: it has the same error for both, and does the same then. */
async function allow(pages: number): Promise<void> {
  await sql.raw(`PRAGMA max_page_count = ${String(pages)}`).execute(db);
}

async function untilFull(
  write: (index: number) => Promise<unknown>,
): Promise<{ written: number; error: unknown }> {
  for (let written = 0; written < 1_000; written += 1) {
    const error = await write(written).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (error !== null) return { written, error };
  }
  throw new Error('It did not become full');
}

describe('the state of a gateway whose disk is full', () => {
  it('says so, keeps what it has, and writes again when there is space', async () => {
    const runs = createAudienceRunRepository(db);
    await allow(40);
    const named = (index: number) => newRun({ id: `r${String(index)}`, inputDigest: long });
    const { written, error } = await untilFull((index) => runs.insert(named(index)));
    expect(error).toBeInstanceOf(GatewayDiskFull);
    expect(error).toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringMatching(/disk .* is full\. .* make room/) as string,
      cause: expect.objectContaining({ code: 'SQLITE_FULL' }) as unknown,
    });
    expect(await runs.count(tenant)).toBe(written);
    await allow(1_000_000);
    expect(await runs.insert(named(written))).toBe('inserted');
    expect(await runs.count(tenant)).toBe(written + 1);
  });

  it('leaves nothing of a change in several steps, and no transaction open', async () => {
    const runs = createAudienceRunRepository(db);
    const run = newRun();
    await runs.insert(run);
    await allow(1);
    const grown = { ...run, version: 2, inputDigest: long.repeat(20) };
    await expect(runs.save(grown, { kind: 'dataset', id: 'd1' })).rejects.toBeInstanceOf(GatewayDiskFull);
    expect(await runs.find(tenant, run.id)).toEqual(run);
    expect(await runs.taken(tenant, 'dataset', ['d1'])).toEqual(new Set());
    await allow(1_000_000);
    expect(await runs.save(grown, { kind: 'dataset', id: 'd1' })).toBe('saved');
  });

  it('still keeps the id of an audience whose place was taken before', async () => {
    const audiences = createExternalAudiences(db);
    const at = new Date(1_000);
    await audiences.claim(place, { at, staleAt: new Date(0) });
    await allow(1);
    await audiences.keep(place, 'audience-7', at);
    expect(await audiences.find(place)).toEqual({ phase: 'KEPT', externalId: 'audience-7' });
  });
});
