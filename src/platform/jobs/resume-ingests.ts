import type { Batch, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import type { IngestRunner } from './ingest-runner';
import { entityOfDataset } from './entity-of-dataset';

const chunk = 200;

/** Goes on with every batch that an earlier process had closed but not taken in, in the order of their closing. */
export async function resumeIngests(store: PlatformStore, ingests: IngestRunner): Promise<void> {
  for (const tenant of await store.tenants()) {
    for (const batch of await closedBatches(store, tenant)) {
      const entity = entityOfDataset(await store.datasets.get(tenant, batch.datasetId));
      if (entity !== undefined) ingests.resume({ tenant, batch, entity });
    }
  }
}

/** All of them before the first is begun: taking one in changes its place in the list. */
async function closedBatches(store: PlatformStore, tenant: Tenant): Promise<readonly Batch[]> {
  const closed: Batch[] = [];
  for (let offset = 0; ; offset += chunk) {
    const { items } = await store.batches.list(
      tenant,
      { offset, limit: chunk },
      // A closed batch was changed last by its closing.
      { field: 'updatedAt', direction: 'asc' },
    );
    closed.push(...items.filter(({ status, direction }) => status === 'staging' && direction === 'input'));
    if (items.length < chunk) return closed;
  }
}
