import type { GatewayContext } from './context';
import { findWaitErrors } from './job-mutation';
import { attempt, invalidInput } from './user-errors';
import type { Outcome } from './user-errors';
import { toUnionDatasetBodyWire } from '../mapping/dataset.mapping';
import type { CreateExportJobInput, ExportDestination } from '../schema/export-job.input';
import type { UserError } from '../schema/user-error.type';

/** What GraphQL lets through but an export cannot be made from. */
export function findExportErrors(input: CreateExportJobInput): UserError[] {
  return [
    ...findScopeErrors(input),
    ...findDestinationErrors(input.destination),
    ...findRangeErrors(['input', 'qualifiedTo'], input.qualifiedFrom, input.qualifiedTo),
    ...findRangeErrors(
      ['input', 'events', 'ingestedTo'],
      input.events?.ingestedFrom,
      input.events?.ingestedTo,
    ),
    ...findWaitErrors(input.awaitMs),
  ];
}

/** Id of the dataset to write to; one with a new name is made first, on the union schema. */
export async function openDestination(
  context: GatewayContext,
  { datasetId, newDatasetName }: ExportDestination,
): Promise<Outcome<string>> {
  if (typeof newDatasetName !== 'string') return { value: datasetId ?? '', userErrors: [] };
  return attempt('dataset', { id: ['input', 'destination'] }, () =>
    context.sources.catalog.createDataset(toUnionDatasetBodyWire(newDatasetName.trim())),
  );
}

function findScopeErrors({ segments, allProfiles }: CreateExportJobInput): UserError[] {
  const namesSegments = segments !== null && segments !== undefined && segments.length > 0;
  if (namesSegments && allProfiles) {
    return [invalidInput(['input', 'allProfiles'], 'Either segments or allProfiles: true, not both.')];
  }
  if (namesSegments) {
    return segments.flatMap(({ statuses }, index) =>
      statuses.length > 0
        ? []
        : [invalidInput(['input', 'segments', String(index), 'statuses'], 'Name at least one status.')],
    );
  }
  if (allProfiles) return [];
  return [
    {
      code: 'EXPORTS_ALL_PROFILES',
      message: 'Without segments every profile of the sandbox would be exported.',
      field: ['input', 'segments'],
      hint: 'Name the segments, or say allProfiles: true.',
    },
  ];
}

/** An empty id or name. */
export function findDestinationErrors({ datasetId, newDatasetName }: ExportDestination): UserError[] {
  const given = datasetId ?? newDatasetName ?? '';
  if (given.trim() !== '') return [];
  const name = typeof newDatasetName === 'string' ? 'newDatasetName' : 'datasetId';
  return [invalidInput(['input', 'destination', name], `"${name}" must not be empty.`)];
}

function findRangeErrors(
  field: readonly string[],
  from: Date | null | undefined,
  to: Date | null | undefined,
): UserError[] {
  return from && to && from.getTime() > to.getTime()
    ? [invalidInput(field, 'The range ends before it begins.')]
    : [];
}
