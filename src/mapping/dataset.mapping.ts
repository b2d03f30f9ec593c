import type { Batch } from '../schema/batch.type';
import type { Dataset } from '../schema/dataset.type';
import { unionProfileSchemaId } from '../wire/catalog.wire';
import type { BatchWire, DatasetBodyWire, DatasetWire } from '../wire/catalog.wire';
import { toCountOrNull } from './counts.mapping';
import { toDate } from './time.mapping';

/**
 * A dataset of Catalog, with the id that its list keeps beside it; `isUnion` where exports can be written to its
 * schema.
 */
export function toDataset(wire: DatasetWire & { readonly id: string }): Dataset {
  const schemaId = wire.schemaRef?.id ?? null;
  return {
    id: wire.id,
    name: wire.name,
    schemaId,
    isUnion: schemaId === unionProfileSchemaId,
    createdAt: toDate(wire.created),
  };
}

/** A dataset that exports can be written to: on the union schema, as Parquet, and not itself fed back into profiles. */
export function toUnionDatasetBodyWire(name: string): DatasetBodyWire {
  return {
    name,
    schemaRef: { id: unionProfileSchemaId, contentType: 'application/vnd.adobe.xed+json;version=1' },
    fileDescription: { persisted: true, containerFormat: 'parquet', format: 'parquet' },
  };
}

/** A batch of Catalog, with the id that its list keeps beside it; `datasetId` is null where it names no dataset. */
export function toBatch(wire: BatchWire & { readonly id: string }): Batch {
  return {
    id: wire.id,
    status: wire.status,
    datasetId: wire.relatedObjects?.find(({ type }) => type === 'dataSet')?.id ?? null,
    recordCount: toCountOrNull(wire.recordCount),
    createdAt: toDate(wire.created),
  };
}
