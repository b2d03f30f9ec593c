import { mkdtempSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import type { GatewayStateUnavailable } from '../../../src/errors/gateway-state-error';
import { openGatewayState } from '../../../src/state/open-gateway-state';

let folder: string;
beforeEach(() => void (folder = join(mkdtempSync(join(tmpdir(), 'gateway-state-')), 'state')));
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const database = (): string => join(folder, 'gateway.sqlite');

async function openOnce(): Promise<void> {
  const state = await openGatewayState({ folder });
  await state.close();
}

async function refusal(): Promise<{ reason: string; message: string }> {
  const outcome = await openGatewayState({ folder }).then(
    async (state) => {
      await state.close();
      return null;
    },
    (error: GatewayStateUnavailable) => error,
  );
  return { reason: outcome?.reason ?? 'none', message: outcome?.message ?? '' };
}

describe('openGatewayState', () => {
  it('makes the folder and opens it again after it was closed', async () => {
    await openOnce();
    expect((await refusal()).reason).toBe('none');
  });

  it('lets one process into a folder at a time, and says who has it', async () => {
    const state = await openGatewayState({ folder });
    const { reason, message } = await refusal();
    await state.close();
    expect(reason).toBe('locked');
    expect(message).toContain(`in use by another process (pid ${process.pid})`);
  });

  it('refuses a state that a newer release has written, and names what it does not know', async () => {
    await openOnce();
    const file = new Database(database());
    file.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-to-come', '2030-01-01')");
    file.close();
    const { reason, message } = await refusal();
    expect(reason).toBe('newer');
    expect(message).toContain('9999-to-come');
  });

  it('refuses a file that is no database', async () => {
    await openOnce();
    writeFileSync(database(), 'not a database, but a text that is long enough to be read as a header of one');
    expect((await refusal()).reason).toBe('damaged');
  });

  it('refuses a database that ends early', async () => {
    await openOnce();
    truncateSync(database(), 4096);
    expect((await refusal()).reason).toBe('damaged');
  });

  it('refuses to begin anew where the database is gone or empty', async () => {
    await openOnce();
    truncateSync(database(), 0);
    expect(await refusal()).toMatchObject({ reason: 'damaged' });
    unlinkSync(database());
    const { reason, message } = await refusal();
    expect(reason).toBe('damaged');
    expect(message).toContain('to begin with an empty state, delete the folder');
  });

  it('leaves the folder free where it was refused', async () => {
    await openOnce();
    renameSync(database(), join(folder, 'aside'));
    expect((await refusal()).reason).toBe('damaged');
    renameSync(join(folder, 'aside'), database());
    expect((await refusal()).reason).toBe('none');
  });

  it('says so where the folder cannot be written', async () => {
    folder = '/proc/audience-gateway/state';
    const { reason, message } = await refusal();
    folder = join(mkdtempSync(join(tmpdir(), 'gateway-state-')), 'state');
    expect(reason).toBe('unwritable');
    expect(message).toContain('/proc/audience-gateway/state');
  });
});
