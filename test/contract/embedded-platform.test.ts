import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../../src/platform';
import { createPlatform } from '../../src/platform';
import { adobeRequestsContract } from './adobe-requests.contract';
import { audienceTemplatesContract } from './audience-templates.contract';
import { audiencesContract } from './audiences.contract';
import { batchesContract } from './batches.contract';
import { catalogContract } from './catalog.contract';
import { conversionContract } from './conversion.contract';
import { createDataset, ingest, people, profileLine, schemas } from './data';
import { dataAccessContract } from './data-access.contract';
import { errorFamiliesContract } from './error-families.contract';
import { exportJobsContract } from './export-jobs.contract';
import { headersContract } from './headers.contract';
import { ingestionContract } from './ingestion.contract';
import { mergePoliciesContract } from './merge-policies.contract';
import { previewsContract } from './previews.contract';
import { profileEntitiesContract } from './profile-entities.contract';
import { sampleStatusContract } from './sample-status.contract';
import { schedulesContract } from './schedules.contract';
import { segmentDefinitionsContract } from './segment-definitions.contract';
import { segmentJobsContract } from './segment-jobs.contract';
import type { ContractTarget } from './target';
import { tokensContract } from './tokens.contract';

let dataDir: string;
let platform: Platform;
const target = (): ContractTarget => ({
  url: platform.url,
  headers: {
    authorization: 'Bearer test-token',
    'x-api-key': 'test-key',
    'x-gw-ims-org-id': 'CONTRACT@AdobeOrg',
    'x-sandbox-name': 'prod',
  },
});

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audience-contract-'));
  // A short rest between steps, so that a job can be cancelled before it is done.
  platform = await createPlatform({ dataDir, port: 0, paceMs: 5 });
  await ingest(target(), await createDataset(target(), schemas.profile), people.map(profileLine));
});
afterAll(async () => {
  await platform.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('tokens', () => tokensContract(target));
describe('headers', () => headersContract(target));
describe('error families', () => errorFamiliesContract(target));
describe('catalog and merge policies', () => catalogContract(target));
describe('batches of catalog', () => batchesContract(target));
describe('merge policies', () => mergePoliciesContract(target));
describe('ingestion and data access', () => ingestionContract(target));
describe('segment definitions', () => segmentDefinitionsContract(target));
describe('conversion and pql/json', () => conversionContract(target));
describe('segment jobs', () => segmentJobsContract(target));
describe('export jobs', () => exportJobsContract(target));
describe('data access', () => dataAccessContract(target));
describe('previews and estimates', () => previewsContract(target));
describe('audiences and search', () => audiencesContract(target));
describe('the sample of previews', () => sampleStatusContract(target));
describe('profile access', () => profileEntitiesContract(target));
describe('schedules', () => schedulesContract(target));
describe('audience templates', () => audienceTemplatesContract(target));
describe('the requests of Adobe’s pages', () => adobeRequestsContract(target));
