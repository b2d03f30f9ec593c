import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../../src/platform';
import { createPlatform } from '../../src/platform';
import { readNamedTarget } from './named-target';
import { contractSuite } from './suite';

/** Set by run-against.mjs alone. */
const named = readNamedTarget(process.env);

if (named === null) againstAnEmbeddedPlatform();
else contractSuite(() => named.target, named.lacks);

function againstAnEmbeddedPlatform(): void {
  let dataDir: string;
  let platform: Platform;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'audience-contract-'));
    // A short rest between steps, so that a job can be cancelled before it is done.
    platform = await createPlatform({ dataDir, port: 0, paceMs: 5 });
  });
  afterAll(async () => {
    await platform.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const headers = {
    authorization: 'Bearer test-token',
    'x-api-key': 'test-key',
    'x-gw-ims-org-id': 'CONTRACT@AdobeOrg',
    'x-sandbox-name': 'prod',
  };
  contractSuite(() => ({ url: platform.url, headers }), new Set());
}
