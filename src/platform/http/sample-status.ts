import type { FastifyInstance } from 'fastify';
import { namespaceIdOf } from '../../wire/namespaces';
import type {
  DatasetShareWire,
  NamespaceShareWire,
  SampleReportWire,
  SampleShareWire,
  SampleStatusWire,
} from '../../wire/sample-status.wire';
import { adobeSampling, sampleSizeOf } from '../previews/sampling';
import type { Batch, MergeRule, Tenant } from '../records';
import { plainRule, ruleOf } from '../store/merge-rule';
import type { ProfileData } from '../store/api/profile-data';
import type { PlatformStore } from '../store/platform-store';
import { collectPage } from './collect-page';
import type { HttpServices } from './http-services';
import { findMergePolicy } from './merge-policies';
import { wrong } from './query';
import { Refusal } from './refusal';
import { addResource } from './resource';
import type { Call } from './resource';

const path = '/data/core/ups/previewsamplestatus';

/**
 * `/previewsamplestatus` and its reports. A preview reads the profiles as they stand, so a report is made when it is asked
 * for, and there is none of another day. Source: contract §10.4.
 */
export function addSampleStatus(app: FastifyInstance, services: HttpServices): void {
  addResource(app, path, { GET: (call) => readStatus(call, services) });
  addResource(app, `${path}/report/dataset`, { GET: (call) => reportDatasets(call, services) });
  addResource(app, `${path}/report/dataset/overlap`, { GET: (call) => reportOverlap(call, services) });
  addResource(app, `${path}/report/namespace`, { GET: (call) => reportNamespaces(call, services) });
}

interface Sample {
  readonly data: ProfileData;
  readonly mergeRule: MergeRule;
  readonly total: number;
  readonly size: number;
}

async function sampleOf(store: PlatformStore, tenant: Tenant): Promise<Sample> {
  const policy = await findMergePolicy(store, tenant, undefined);
  const mergeRule = policy === undefined ? plainRule : ruleOf(policy);
  const data = await store.profileData(tenant);
  const { profiles: total } = await data.counts(mergeRule);
  return { data, mergeRule, total, size: sampleSizeOf(total, adobeSampling) };
}

async function readStatus({ tenant }: Call, { store }: HttpServices): Promise<SampleStatusWire> {
  const { mergeRule, total, size } = await sampleOf(store, tenant);
  const batches = await importsOf(store, tenant);
  const [last] = batches;
  const at = last?.completedAt ?? last?.updatedAt;
  const sampledAt = at === undefined ? '' : adobeTime(at);
  return {
    numRowsToRead: String(size),
    totalRows: String(total),
    docCount: String(total),
    totalFragmentCount: batches.reduce((sum, { recordCount }) => sum + recordCount, 0),
    samplingRatio: total === 0 ? 1 : size / total,
    status: 'TASK_FINISHED',
    mergeStrategy: `${mergeRule.attributeMerge.type}_${mergeRule.identityGraph === 'pdg' ? 'auto' : 'none'}`,
    sampleJobRunning: { status: false, submissionTimestamp: sampledAt },
    streamingDriven: 'false',
    lastBatchId: last?.id ?? '',
    lastSuccessfulBatchTimestamp: at === undefined ? '' : String(at),
    lastSampledTimestamp: sampledAt,
  };
}

/** Batches that were taken in, the newest first. */
function importsOf(store: PlatformStore, tenant: Tenant): Promise<readonly Batch[]> {
  return collectPage((page) => store.batches.list(tenant, page, { field: 'updatedAt', direction: 'desc' }), {
    page: { offset: 0, limit: Number.MAX_SAFE_INTEGER },
    fits: ({ status, direction }) => status === 'success' && direction === 'input',
  });
}

/** `2020-08-01 17:57:57.0` */
function adobeTime(epochMs: number): string {
  return new Date(epochMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/0{0,2}Z$/, '');
}

/** @throws Refusal 404 for another day than this one. */
function reportTime({ query }: Call, { surroundings }: HttpServices): string {
  const now = new Date(surroundings.clock()).toISOString();
  const date = query.text('date');
  if (date === undefined || date === now.slice(0, 10)) return now;
  if (!isDay(date)) throw wrong('date', 'must be a day such as 2026-11-21');
  throw new Refusal({
    status: 404,
    code: 'RESOURCE_NOT_FOUND',
    message: `There is no report of ${date}; reports are made when they are asked for, of the present day.`,
  });
}

function isDay(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(day) && new Date(day).toISOString().startsWith(text);
}

async function reportDatasets(
  call: Call,
  services: HttpServices,
): Promise<SampleReportWire<DatasetShareWire[]>> {
  const { store } = services;
  const reportTimestamp = reportTime(call, services);
  const sample = await sampleOf(store, call.tenant);
  const groups = await sample.data.datasetOverlap({ mergeRule: sample.mergeRule, sampleSize: sample.size });
  const ids = [...new Set(groups.flatMap(({ datasetIds }) => datasetIds))];
  const datasets = await store.datasets.getMany(call.tenant, ids);
  const data = ids.map((id): DatasetShareWire => {
    const own = groups.filter(({ datasetIds }) => datasetIds.includes(id));
    const counts = { people: sumOf(own, 'people'), sampled: sumOf(own, 'sampled') };
    const { name = id, description } = datasets.find((dataset) => dataset.id === id) ?? {};
    return {
      ...share(counts, sample, { value: id, reportTimestamp }),
      name,
      ...(description === undefined ? {} : { description }),
      streamingIngestionEnabled: 'false',
    };
  });
  return { data, reportTimestamp };
}

/** By the ids of datasets that share people, with commas between. */
async function reportOverlap(
  call: Call,
  services: HttpServices,
): Promise<SampleReportWire<Record<string, number>>> {
  const reportTimestamp = reportTime(call, services);
  const { data, mergeRule, size } = await sampleOf(services.store, call.tenant);
  const groups = await data.datasetOverlap({ mergeRule, sampleSize: size });
  return {
    data: Object.fromEntries(groups.map(({ datasetIds, people }) => [datasetIds.join(','), people])),
    reportTimestamp,
  };
}

async function reportNamespaces(
  call: Call,
  services: HttpServices,
): Promise<SampleReportWire<NamespaceShareWire[]>> {
  const reportTimestamp = reportTime(call, services);
  const sample = await sampleOf(services.store, call.tenant);
  const { signal } = new AbortController();
  const session = await sample.data.openSample({ mergeRule: sample.mergeRule, signal });
  try {
    const rows = await session.rows(
      `SELECT code, count(*) AS people, count(*) FILTER ("#pid" < $size) AS sampled
      FROM owner JOIN namespace_set USING ("set")
      GROUP BY code ORDER BY code`,
      { size: sample.size },
    );
    const data = rows.map((row): NamespaceShareWire => {
      const code = String(row['code']);
      const counts = { people: Number(row['people']), sampled: Number(row['sampled']) };
      return { ...share(counts, sample, { value: namespaceIdOf(code), reportTimestamp }), code };
    });
    return { data, reportTimestamp };
  } finally {
    await session.close();
  }
}

interface Counts {
  readonly people: number;
  readonly sampled: number;
}

function share(
  { people, sampled }: Counts,
  { total, size }: Sample,
  head: Pick<SampleShareWire, 'value' | 'reportTimestamp'>,
): SampleShareWire {
  return {
    ...head,
    sampleCount: sampled,
    samplePercentage: percentage(sampled, size),
    fullIDsCount: people,
    fullIDsPercentage: percentage(people, total),
  };
}

/** With two decimals. */
function percentage(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;
}

function sumOf(groups: readonly Counts[], name: keyof Counts): number {
  return groups.reduce((sum, group) => sum + group[name], 0);
}
