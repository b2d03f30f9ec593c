import { createHash } from 'node:crypto';
import type { GatewayContext } from './context';
import { findDestinationErrors } from './export-request';
import { findPathErrors } from './text-errors';
import { invalidInput, notThere } from './user-errors';
import { toDataset, toUnionDatasetBodyWire } from '../mapping/dataset.mapping';
import { toExportJobBodyWire } from '../mapping/export-job.mapping';
import type { StartRequest } from '../runs/audience-runs';
import type { StartAudienceRunInput } from '../schema/audience-run.input';
import type { UserError } from '../schema/user-error.type';

/** What GraphQL lets through but no run can be made from; nothing is asked upstream. */
export function findRunErrors(input: StartAudienceRunInput): UserError[] {
  const { segmentIds, statuses, idempotencyKey, destination, fields } = input;
  const keyLength = idempotencyKey?.length ?? 1;
  return [
    ...(segmentIds.length === 0 ? [invalidInput(['input', 'segmentIds'], 'Name at least one segment.')] : []),
    ...(segmentIds.length > maxSegments
      ? [invalidInput(['input', 'segmentIds'], `A run takes at most ${maxSegments} segments.`)]
      : []),
    ...(statuses.length === 0 ? [invalidInput(['input', 'statuses'], 'Name at least one status.')] : []),
    ...(keyLength === 0 || keyLength > maxKeyLength
      ? [
          invalidInput(
            ['input', 'idempotencyKey'],
            `"idempotencyKey" must have 1 to ${maxKeyLength} characters.`,
          ),
        ]
      : []),
    ...findPathErrors(fields, ['input', 'fields']),
    ...findDestinationErrors(destination),
  ];
}

const maxSegments = 1_000;
const maxKeyLength = 255;

/** What the run is to do, in the upstream's bodies. A segment that is named twice is one. */
export function toStartRequest(
  input: StartAudienceRunInput,
  { caller }: Pick<GatewayContext, 'caller'>,
): StartRequest {
  const { destination, fields, statuses, segmentPerBatch } = input;
  const segmentIds = [...new Set(input.segmentIds)];
  const { newDatasetName, datasetId } = destination;
  const exportInput = {
    destination,
    segments: segmentIds.map((segmentId) => ({ segmentId, namespace: 'ups', statuses })),
    allProfiles: false,
    fields: fields ?? null,
    emptyProfiles: false,
    segmentPerBatch,
    evaluateFirst: false,
    schemaName: '_xdm.context.profile',
  };
  const asked = { segmentIds, datasetId, newDatasetName, fields, statuses, segmentPerBatch };
  return {
    caller,
    idempotencyKey: input.idempotencyKey ?? null,
    inputDigest: createHash('sha256').update(JSON.stringify(asked)).digest('base64url'),
    plan: {
      segmentIds,
      datasetBody:
        typeof newDatasetName === 'string' ? { ...toUnionDatasetBodyWire(newDatasetName.trim()) } : null,
      exportBody: { ...toExportJobBodyWire(exportInput, datasetId ?? '') },
    },
    datasetId: datasetId ?? null,
  };
}

/**
 * What the upstream does not have, or not so: looked at before anything is made. One bulk-get of the definitions, and the
 * dataset where one is named.
 */
export async function findUpstreamErrors(
  { sources }: Pick<GatewayContext, 'sources'>,
  { segmentIds, destination }: StartAudienceRunInput,
): Promise<UserError[]> {
  const { datasetId } = destination;
  const [segments, dataset] = await Promise.all([
    Promise.all(segmentIds.map((id) => sources.segmentDefinitions.find(id))),
    typeof datasetId === 'string' ? sources.catalog.findDataset(datasetId) : null,
  ]);
  const missing = segments.flatMap((segment, index) =>
    segment === null
      ? [notThere(['input', 'segmentIds', String(index)], 'segment', segmentIds[index] ?? '')]
      : [],
  );
  return [...missing, ...(typeof datasetId === 'string' ? findDatasetErrors(datasetId, dataset) : [])];
}

const datasetField = ['input', 'destination', 'datasetId'];

function findDatasetErrors(id: string, dataset: Parameters<typeof toDataset>[0] | null): UserError[] {
  if (dataset === null) return [notThere(datasetField, 'dataset', id)];
  if (toDataset(dataset).isUnion) return [];
  return [
    {
      code: 'DATASET_NOT_UNION',
      message: `The dataset ${id} is not based on the union schema, so profiles cannot be exported to it.`,
      field: datasetField,
      hint: 'Make one with createDataset, or start the run with destination: { newDatasetName }.',
    },
  ];
}
