import { isRecord } from '../lib/is-record';
import type { Batch } from '../schema/batch.type';
import type { Dataset } from '../schema/dataset.type';
import { unionProfileSchemaId } from '../wire/catalog.wire';
import type { BatchWire, DatasetBodyWire, DatasetWire } from '../wire/catalog.wire';
import { inPlaceOf, isMisread } from './misread';
import { fieldsOf } from './reading';

const read = fieldsOf({ service: 'catalog', noun: 'dataset' });
const readBatch = fieldsOf({ service: 'catalog', noun: 'batch' });

/**
 * A dataset of Catalog, with the id that its list keeps beside it; `isUnion` where exports can be written to its
 * schema.
 */
export function toDataset(wire: DatasetWire & { readonly id: string }): Dataset {
  const schemaRef = read.part(wire.schemaRef, 'schemaRef');
  const schemaId = isMisread(schemaRef)
    ? inPlaceOf<string>(schemaRef)
    : read.text(schemaRef?.['id'], 'schemaRef.id');
  return {
    id: read.requiredId(wire.id, 'id'),
    name: read.requiredText(wire.name, 'name'),
    schemaId,
    isUnion: isMisread(schemaId) ? inPlaceOf(schemaId) : schemaId === unionProfileSchemaId,
    createdAt: read.time(wire.created, 'created'),
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
    id: readBatch.requiredId(wire.id, 'id'),
    status: toBatchStatus(wire.status),
    datasetId: toDatasetId(wire.relatedObjects),
    recordCount: readBatch.count(wire.recordCount, 'recordCount'),
    createdAt: readBatch.time(wire.created, 'created'),
  };
}

/** Catalog has two words for one thing (quirk S-7); the one that its older answers have is shown. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['active', 'success'],
  ['failure', 'failed'],
]);

function toBatchStatus(value: unknown): string {
  const status = readBatch.requiredText(value, 'status');
  if (isMisread(status)) return status;
  const word = status.toLowerCase();
  return synonyms.get(word) ?? word;
}

function toDatasetId(value: unknown): Batch['datasetId'] {
  const related = readBatch.items(value, 'relatedObjects');
  if (isMisread(related)) return related;
  const dataset = related.find((each) => isRecord(each) && each['type'] === 'dataSet');
  return isRecord(dataset) ? readBatch.id(dataset['id'], 'relatedObjects.id') : null;
}
