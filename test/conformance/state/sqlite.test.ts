import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAudienceRunRepository } from '../../../src/state/audience-runs';
import { createExternalAudiences } from '../../../src/state/external-audiences';
import { openDatabase } from '../../../src/state/open-database';
import { createRunDrivers } from '../../../src/state/run-drivers';
import { describeState } from './state-suite';

describeState('in SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-state-'));
  const db = await openDatabase(join(folder, 'gateway.sqlite'));
  return {
    audienceRuns: createAudienceRunRepository(db),
    externalAudiences: createExternalAudiences(db),
    runDrivers: createRunDrivers(db),
    close: async () => {
      await db.destroy();
      rmSync(folder, { recursive: true });
    },
  };
});
