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
import type { Contract, Lacks, Need } from './needs';
import { describeNeeding } from './needs';
import { previewsContract } from './previews.contract';
import { profileEntitiesContract } from './profile-entities.contract';
import { sampleStatusContract } from './sample-status.contract';
import { schedulesContract } from './schedules.contract';
import { segmentDefinitionsContract } from './segment-definitions.contract';
import { segmentJobsContract } from './segment-jobs.contract';
import type { GetTarget } from './target';
import { tokensContract } from './tokens.contract';

interface Part {
  readonly name: string;
  /** What every test of it needs. */
  readonly need: Need | null;
  readonly contract: Contract;
}

const parts: readonly Part[] = [
  { name: 'tokens', need: 'tokens', contract: tokensContract },
  { name: 'headers', need: null, contract: headersContract },
  { name: 'error families', need: null, contract: errorFamiliesContract },
  { name: 'catalog and merge policies', need: null, contract: catalogContract },
  { name: 'batches of catalog', need: 'people', contract: batchesContract },
  { name: 'merge policies', need: 'sandboxes', contract: mergePoliciesContract },
  { name: 'ingestion and data access', need: 'people', contract: ingestionContract },
  { name: 'segment definitions', need: null, contract: segmentDefinitionsContract },
  { name: 'conversion and pql/json', need: null, contract: conversionContract },
  { name: 'segment jobs', need: 'people', contract: segmentJobsContract },
  { name: 'export jobs', need: 'people', contract: exportJobsContract },
  { name: 'data access', need: 'people', contract: dataAccessContract },
  { name: 'previews and estimates', need: 'people', contract: previewsContract },
  { name: 'audiences and search', need: 'sandboxes', contract: audiencesContract },
  { name: 'the sample of previews', need: 'sandboxes', contract: sampleStatusContract },
  { name: 'profile access', need: 'sandboxes', contract: profileEntitiesContract },
  { name: 'schedules', need: null, contract: schedulesContract },
  { name: 'audience templates', need: 'masks', contract: audienceTemplatesContract },
  { name: 'the requests of Adobe’s pages', need: 'people', contract: adobeRequestsContract },
];

/** The whole contract, with the people it counts; parts that the target lacks something for say so. */
export function contractSuite(target: GetTarget, lacks: Lacks): void {
  beforeAll(async () => {
    if (!lacks.has('people'))
      await ingest(target(), await createDataset(target(), schemas.profile), people.map(profileLine));
  });
  for (const { name, need, contract } of parts)
    describeNeeding(need, lacks, name, () => {
      contract(target, lacks);
    });
}
