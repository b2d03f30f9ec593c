import { InvalidRequest } from '../../errors/platform-error';
import { unionProfileSchemaId } from '../../wire/catalog.wire';
import type { NewExportJobBody } from '../../wire/export-job.request';
import { unknownPath } from '../exports/field-selection';
import type { Dataset, ExportRequest, ExportSegment, SegmentDefinition, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import { plainRule, ruleOf } from '../store/merge-rule';
import { findMergePolicy } from './merge-policies';
import { requireProfileSchema } from './schema-reference';

/**
 * Makes what the body asks for into a request of ours, with everything that it leaves open decided.
 * @throws InvalidRequest where it names a dataset, segment or merge policy that does not fit.
 */
export async function newExportRequest(
  store: PlatformStore,
  tenant: Tenant,
  body: NewExportJobBody,
): Promise<ExportRequest> {
  const schemaName = requireProfileSchema(body.schema);
  const { datasetId, segmentPerBatch } = body.destination;
  refuseUnfitDataset(datasetId, await store.datasets.get(tenant, datasetId));
  const segments = (body.filter?.segments ?? []).map(readSegment);
  if (segmentPerBatch && segments.length === 0)
    throw fault('filter.segments', 'must name segments where each is to have a batch of its own');
  const definitions = await findDefinitions(store, tenant, segments);
  const { filter, additionalFields } = body;
  const eventList = additionalFields?.eventList;
  await refuseUnknownFields(store, tenant, body);
  return {
    fields: body.fields ?? [],
    ...(await readMergePolicy({ store, tenant, body, definitions })),
    segments,
    qualifiedFrom: epochMs(filter?.segmentQualificationTime?.startTime),
    qualifiedTo: epochMs(filter?.segmentQualificationTime?.endTime),
    ingestedAfter: epochMs(filter?.fromIngestTimestamp ?? filter?.fromTimestamp),
    emptyProfiles: filter?.emptyProfiles ?? false,
    events:
      eventList === undefined
        ? undefined
        : {
            fields: eventList.fields ?? [],
            ingestedFrom: epochMs(eventList.filter?.fromIngestTimestamp),
            ingestedTo: epochMs(eventList.filter?.toIngestTimestamp),
          },
    datasetId,
    segmentPerBatch,
    evaluateFirst: body.evaluationInfo?.segmentation ?? false,
    schemaName,
  };
}

/** Here, because a job that fails on a field would have evaluated its segments before. */
async function refuseUnknownFields(
  store: PlatformStore,
  tenant: Tenant,
  { fields = [], additionalFields }: NewExportJobBody,
): Promise<void> {
  const eventFields = additionalFields?.eventList?.fields ?? [];
  if (fields.length + eventFields.length === 0) return;
  const schema = await (await store.profileData(tenant)).schema();
  const unknown = [
    { path: 'fields', field: unknownPath(schema.profile, fields) },
    { path: 'additionalFields.eventList.fields', field: unknownPath(schema.event, eventFields) },
  ].find(({ field }) => field !== undefined);
  if (unknown !== undefined)
    throw fault(unknown.path, `must name fields of the schema; it has no "${unknown.field ?? ''}"`);
}

/** The dataset must be on the union schema and must not itself feed profiles (contract §6, semantics). */
function refuseUnfitDataset(id: string, dataset: Dataset | undefined): void {
  const path = 'destination.datasetId';
  if (dataset === undefined)
    throw fault(path, `must name a dataset that exists; there is none with id "${id}"`);
  if (dataset.schemaId !== unionProfileSchemaId)
    throw fault(path, `must name a dataset on the schema ${unionProfileSchemaId}`);
  if (dataset.tags?.['unifiedProfile']?.includes('enabled:true') === true)
    throw fault(path, 'must name a dataset that is not enabled for Profile');
}

function readSegment(
  segment: NonNullable<NonNullable<NewExportJobBody['filter']>['segments']>[number],
): ExportSegment {
  return {
    segmentId: segment.segmentId,
    namespace: segment.segmentNs ?? 'ups',
    statuses: segment.status ?? ['realized', 'existing'],
  };
}

/** Only our own namespace holds definitions; memberships of others are taken as they were imported. */
async function findDefinitions(
  store: PlatformStore,
  tenant: Tenant,
  segments: readonly ExportSegment[],
): Promise<readonly SegmentDefinition[]> {
  const own = segments.filter(({ namespace }) => namespace.toLowerCase() === 'ups');
  const ids = [...new Set(own.map(({ segmentId }) => segmentId))];
  const found = await store.segmentDefinitions.getMany(tenant, ids);
  const missing = ids.find((id) => !found.some((definition) => definition.id === id));
  if (missing !== undefined)
    throw fault('filter.segments', `must name segments that exist; there is none with id "${missing}"`);
  return found;
}

interface MergePolicyParts {
  readonly store: PlatformStore;
  readonly tenant: Tenant;
  readonly body: NewExportJobBody;
  readonly definitions: readonly SegmentDefinition[];
}

/** The one that is named, else the one that the segments share, else the default. */
async function readMergePolicy({
  store,
  tenant,
  body,
  definitions,
}: MergePolicyParts): Promise<Pick<ExportRequest, 'mergePolicy' | 'mergeRule'>> {
  const ofSegments = [...new Set(definitions.map(({ mergePolicyId }) => mergePolicyId))];
  if (body.mergePolicy === undefined && ofSegments.length > 1) {
    throw fault('mergePolicy', 'must be named, because the segments have different ones');
  }
  const policy = await findMergePolicy(store, tenant, body.mergePolicy?.id ?? ofSegments[0]);
  if (policy === undefined) return { mergeRule: plainRule };
  const { id, version } = policy;
  // Former versions are not kept. aepp always writes 1, so the present one takes their place, and the job tells it.
  if ((body.mergePolicy?.version ?? version) > version) {
    throw fault('mergePolicy.version', `must be ${version} at most, the present one`);
  }
  return { mergePolicy: { id, version }, mergeRule: ruleOf(policy) };
}

function epochMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

function fault(path: string, message: string): InvalidRequest {
  return new InvalidRequest('The body of the request is wrong.', [{ path, message }]);
}
