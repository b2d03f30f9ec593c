/**
 * Batch ingestion, by which data come in. Source: Adobe's Batch Ingestion API, `/data/foundation/import`:
 * POST `/batches` opens a batch, PUT `/batches/{batchId}/datasets/{datasetId}/files/{name}` uploads one file of it,
 * POST `/batches/{batchId}?action=COMPLETE` (or `ABORT`) closes it; Catalog then tells its status and counts.
 */
export interface OpenBatchAnswerWire {
  id: string;
  imsOrg?: string;
  status: string;
  created?: number;
  updated?: number;
  relatedObjects: { type: string; id: string }[];
  version?: string;
}
