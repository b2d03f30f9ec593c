import type { PlatformStore } from '../store/platform-store';
import type { IngestRunner } from './ingest-runner';
import { entityOfDataset } from './entity-of-dataset';

const chunk = 200;

/** Goes on with every batch that an earlier process had closed but not taken in, oldest first. */
export async function resumeIngests(store: PlatformStore, ingests: IngestRunner): Promise<void> {
  for (const tenant of await store.tenants()) {
    for (let offset = 0; ; offset += chunk) {
      const { items } = await store.batches.list(
        tenant,
        { offset, limit: chunk },
        { field: 'createdAt', direction: 'asc' },
      );
      for (const batch of items) {
        if (batch.status !== 'staging' || batch.direction !== 'input') continue;
        const dataset = await store.datasets.get(tenant, batch.datasetId);
        const entity = entityOfDataset(dataset);
        if (entity !== undefined) ingests.resume({ tenant, batch, entity });
      }
      if (items.length < chunk) break;
    }
  }
}
