import type { GatewayContext } from './context';
import { findSegmentErrors } from './exported-segments';
import { findWaitErrors } from './job-mutation';
import { findNameErrors, findPathErrors } from './text-errors';
import { attempt, invalidInput } from './user-errors';
import type { IdPlace, Outcome } from './user-errors';
import { UpstreamForbidden, UpstreamRateLimited, UpstreamUnauthorized } from '../errors/upstream-error';
import { toUnionDatasetBodyWire } from '../mapping/dataset.mapping';
import { toExportJobBodyWire } from '../mapping/export-job.mapping';
import type { CreateExportJobInput, ExportDestination } from '../schema/export-job.input';
import type { UserError } from '../schema/user-error.type';
import type { ExportJobWire } from '../wire/export-job.wire';

/** What GraphQL lets through but an export cannot be made from. */
export function findExportErrors(input: CreateExportJobInput): UserError[] {
  return [
    ...findScopeErrors(input),
    ...findPathErrors(input.fields, ['input', 'fields']),
    ...findPathErrors(input.events?.fields, ['input', 'events', 'fields']),
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

/**
 * Starts an export. Its segments are looked at before anything is made, and one that is refused takes the dataset that
 * was made for it along.
 *
 * @throws UpstreamError where the user cannot mend it.
 */
export async function startExport(
  context: GatewayContext,
  input: CreateExportJobInput,
): Promise<Outcome<ExportJobWire>> {
  const { datasetId, newDatasetName } = input.destination;
  const [mistake, ...others] = await findSegmentErrors(context, input);
  if (mistake !== undefined) return { value: null, userErrors: [mistake, ...others] };
  if (typeof newDatasetName !== 'string') return createExport(context, input, datasetId ?? '');
  const made = await attempt('dataset', {}, () =>
    context.sources.catalog.createDataset(toUnionDatasetBodyWire(newDatasetName.trim())),
  );
  if (made.value !== null) return createExportOrUndo(context, input, made.value);
  const [refusal, ...more] = made.userErrors;
  return { value: null, userErrors: [aboutNewName(refusal), ...more.map(aboutNewName)] };
}

/** A dataset can be refused for its name alone: all else of it is ours. */
function aboutNewName(error: UserError): UserError {
  return { ...error, field: newNamePlace };
}

function createExport(
  context: GatewayContext,
  input: CreateExportJobInput,
  datasetId: string,
): Promise<Outcome<ExportJobWire>> {
  const { segments, mergePolicyId } = input;
  const ids: readonly IdPlace[] = [
    ...(segments ?? []).map(({ segmentId }, index) => ({
      id: segmentId,
      noun: 'segment',
      field: ['input', 'segments', String(index), 'segmentId'],
    })),
    ...(typeof mergePolicyId === 'string'
      ? [{ id: mergePolicyId, noun: 'merge policy', field: ['input', 'mergePolicyId'] }]
      : []),
    { id: datasetId, noun: 'dataset', field: ['input', 'destination', 'datasetId'] },
  ];
  return attempt('export-job', { ids }, () =>
    context.sources.exportJobs.create(toExportJobBodyWire(input, datasetId)),
  );
}

async function createExportOrUndo(
  context: GatewayContext,
  input: CreateExportJobInput,
  datasetId: string,
): Promise<Outcome<ExportJobWire>> {
  try {
    const outcome = await createExport(context, input, datasetId);
    if (outcome.value === null) await removeDataset(context, datasetId);
    return outcome;
  } catch (error) {
    // Anything else may have begun to write: its dataset stays.
    if (isRefusal(error)) await removeDataset(context, datasetId);
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof UpstreamForbidden ||
    error instanceof UpstreamUnauthorized ||
    error instanceof UpstreamRateLimited
  );
}

/** What cannot be removed is told to the operator: to the user the refusal counts. */
async function removeDataset({ sources, log }: GatewayContext, datasetId: string): Promise<void> {
  try {
    await sources.catalog.deleteDataset(datasetId);
  } catch (error) {
    log.warn({ err: error, datasetId }, 'The new dataset of a refused export could not be removed');
  }
}

function findScopeErrors({ segments, allProfiles, segmentPerBatch }: CreateExportJobInput): UserError[] {
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
  if (allProfiles) return segmentPerBatch ? [nothingToDivide] : [];
  return [
    {
      code: 'EXPORTS_ALL_PROFILES',
      message: 'Without segments every profile of the sandbox would be exported.',
      field: ['input', 'segments'],
      hint: 'Name the segments, or say allProfiles: true.',
    },
  ];
}

const nothingToDivide = invalidInput(
  ['input', 'segmentPerBatch'],
  'Without segments there is nothing to make a batch each of.',
  'Name segments, or leave segmentPerBatch out.',
);

/** An empty id, or what can be no name. */
export function findDestinationErrors({ datasetId, newDatasetName }: ExportDestination): UserError[] {
  if (typeof newDatasetName === 'string')
    return findNameErrors(newDatasetName, newNamePlace, '"newDatasetName" must not be empty.');
  return (datasetId ?? '').trim() === ''
    ? [invalidInput(['input', 'destination', 'datasetId'], '"datasetId" must not be empty.')]
    : [];
}

const newNamePlace = ['input', 'destination', 'newDatasetName'];

function findRangeErrors(
  field: readonly string[],
  from: Date | null | undefined,
  to: Date | null | undefined,
): UserError[] {
  return from && to && from.getTime() > to.getTime()
    ? [invalidInput(field, 'The range ends before it begins.')]
    : [];
}
