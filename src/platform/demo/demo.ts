import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { invariant } from '../../lib/assert';
import type { Batch, Tenant } from '../records';
import type { ReportProgress } from '../store/api/progress';
import type { PlatformStore } from '../store/platform-store';
import { generateDemo } from './generate-demo';
import type { DemoData } from './generate-demo';

/** The tenant of a gateway that is given no credentials. */
const demoTenant: Tenant = { orgId: 'EMBEDDED@AdobeOrg', sandbox: 'prod' };
const profileCount = 50_000;
const seed = 20_261_121;
const linesPerChunk = 1_000;

export interface Demo {
  /** True when both the profiles and the events are in. */
  isLoaded(): Promise<boolean>;
  /**
   * Invents the demonstration data and takes them in by the same door as everybody's data. A part that is in already is
   * left alone, so that an interrupted load can be begun again.
   * @throws AbortError when `signal` fires.
   */
  load(options: { readonly onProgress?: ReportProgress; readonly signal?: AbortSignal }): Promise<DemoCounts>;
}

export interface DemoCounts {
  readonly profiles: number;
  readonly events: number;
}

interface DemoSurroundings {
  readonly store: PlatformStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** One half of the demonstration data: a dataset with one batch. Ids are fixed, so that a second load finds the first. */
interface Part {
  readonly entity: 'profile' | 'event';
  readonly datasetId: string;
  readonly batchId: string;
  readonly name: string;
  readonly schemaId: string;
  /** Share of the whole work. */
  readonly weight: number;
  readonly lines: (data: DemoData) => Iterable<string>;
}

const parts: readonly Part[] = [
  {
    entity: 'profile',
    datasetId: 'de0000000000000000000001',
    batchId: 'de0000000000000000000011',
    name: 'Demonstration profiles',
    schemaId: 'https://ns.adobe.com/xdm/context/profile',
    weight: 0.2,
    lines: (data) => data.profiles(),
  },
  {
    entity: 'event',
    datasetId: 'de0000000000000000000002',
    batchId: 'de0000000000000000000012',
    name: 'Demonstration events',
    schemaId: 'https://ns.adobe.com/xdm/context/experienceevent',
    weight: 0.8,
    lines: (data) => data.events(),
  },
];

/** The demonstration data of the default tenant of a store; makes nothing until `load` is called. */
export function createDemo(surroundings: DemoSurroundings): Demo {
  const { store } = surroundings;
  const isIn = async ({ batchId }: Part): Promise<boolean> =>
    (await store.batches.get(demoTenant, batchId))?.status === 'success';
  return {
    isLoaded: async () => (await Promise.all(parts.map(isIn))).every(Boolean),
    load: async ({ onProgress, signal }) => {
      const data = generateDemo({ profiles: profileCount, seed, endsAt: surroundings.now() });
      let weightDone = 0;
      for (const part of parts) {
        const before = weightDone;
        const report: ReportProgress = ({ done, total }) =>
          onProgress?.({ done: before + (part.weight * done) / total, total: 1 });
        if (!(await isIn(part))) await loadPart(surroundings, { part, data, report, signal });
        weightDone += part.weight;
        await onProgress?.({ done: weightDone, total: 1 });
      }
      return (await store.profileData(demoTenant)).counts();
    },
  };
}

interface PartLoad {
  readonly part: Part;
  readonly data: DemoData;
  readonly report: ReportProgress;
  readonly signal: AbortSignal | undefined;
}

async function loadPart(
  { store, now }: DemoSurroundings,
  { part, data, report, signal }: PartLoad,
): Promise<void> {
  const at = now();
  const profileData = await store.profileData(demoTenant);
  await store.batches.delete(demoTenant, part.batchId);
  await store.datasets.delete(demoTenant, part.datasetId);
  const { datasetId, name, schemaId } = part;
  const tags = { unifiedProfile: ['enabled:true'] };
  await store.datasets.insert(demoTenant, {
    id: datasetId,
    name,
    schemaId,
    tags,
    createdAt: at,
    updatedAt: at,
  });
  const batch = newBatch(part, at);
  await store.batches.insert(demoTenant, batch);
  const file = join(await profileData.uploadFolder(part.batchId), 'demo.ndjson');
  await pipeline(
    Readable.from(chunksOf(part.lines(data))),
    createWriteStream(file),
    signal === undefined ? {} : { signal },
  );
  const { rejected } = await profileData.ingest({
    batch,
    entity: part.entity,
    files: [file],
    at,
    onProgress: report,
    ...(signal === undefined ? {} : { signal }),
  });
  invariant(rejected === 0, `${rejected} lines of the ${name.toLowerCase()} were rejected`);
}

/** `loading`: a restart leaves it to the next load of the demonstration data, which begins it anew. */
function newBatch({ batchId, datasetId }: Part, at: number): Batch {
  return {
    id: batchId,
    datasetId,
    status: 'loading',
    direction: 'input',
    recordCount: 0,
    failedRecordCount: 0,
    errors: [],
    files: [],
    createdAt: at,
    updatedAt: at,
  };
}

function* chunksOf(lines: Iterable<string>): Generator<string> {
  let chunk: string[] = [];
  for (const line of lines) {
    chunk.push(line);
    if (chunk.length < linesPerChunk) continue;
    yield `${chunk.join('\n')}\n`;
    chunk = [];
  }
  if (chunk.length > 0) yield `${chunk.join('\n')}\n`;
}
