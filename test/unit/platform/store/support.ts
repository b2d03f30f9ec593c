import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type OpenStoreOptions } from '../../../../src/platform/store/open-store';
import type { IngestReport } from '../../../../src/platform/store/api/ingest';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import type {
  Batch,
  BatchFormat,
  SegmentDefinition,
  SegmentJob,
  Tenant,
} from '../../../../src/platform/records';

export const tenant: Tenant = { orgId: 'ACME@AdobeOrg', sandbox: 'prod' };
export const otherTenant: Tenant = { orgId: 'ACME@AdobeOrg', sandbox: 'dev' };
export const page = { offset: 0, limit: 100 };

/** A store in a folder of its own; `dispose` closes it and removes the folder. */
export class StoreFixture {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'audience-store-'));
  #open: PlatformStore[] = [];

  async open(options: Partial<OpenStoreOptions> = {}): Promise<PlatformStore> {
    const store = await openStore({ dataDir: this.dataDir, ...options });
    this.#open.push(store);
    return store;
  }

  async close(): Promise<void> {
    for (const store of this.#open.splice(0)) await store.close();
  }

  async dispose(): Promise<void> {
    await this.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export function definition(changes: Partial<SegmentDefinition> = {}): SegmentDefinition {
  return {
    id: 'segment-1',
    name: 'People in the US',
    schemaName: '_xdm.context.profile',
    expression: { type: 'PQL', format: 'pql/text', value: 'homeAddress.countryCode = "US"' },
    mergePolicyId: 'default',
    evaluation: { batch: true, continuous: false, synchronous: false },
    version: 1,
    createdAt: 1000,
    updatedAt: 1000,
    ...changes,
  };
}

export function segmentJob(changes: Partial<SegmentJob> = {}): SegmentJob {
  return {
    id: 'job-1',
    source: 'api',
    status: 'NEW',
    progress: 0,
    errors: [],
    requestId: 'request-1',
    allSegments: false,
    segments: [],
    schemaName: '_xdm.context.profile',
    createdAt: 1000,
    updatedAt: 1000,
    ...changes,
  };
}

export function snapshotOf({
  id,
  version,
  expression,
  mergePolicyId,
}: SegmentDefinition): SegmentJob['segments'][number] {
  return { segmentId: id, version, expression, mergePolicyId };
}

interface Ingested {
  readonly store: PlatformStore;
  readonly entity: 'profile' | 'event';
  readonly lines: readonly (string | object)[] | Buffer;
  readonly at?: number;
  readonly batchId?: string;
  readonly format?: BatchFormat;
  readonly tenant?: Tenant;
}

let batches = 0;

/** Opens a batch, puts one file into it and ingests it, as the ingestion API does. */
export async function ingest(request: Ingested): Promise<IngestReport> {
  const { store, entity, lines, at = 1_000_000, batchId = `batch-${(batches += 1)}` } = request;
  const owner = request.tenant ?? tenant;
  const batch: Batch = {
    id: batchId,
    datasetId: 'a'.repeat(24),
    status: 'loaded',
    direction: 'input',
    recordCount: 0,
    failedRecordCount: 0,
    errors: [],
    files: [],
    format: request.format,
    createdAt: at,
    updatedAt: at,
  };
  await store.batches.insert(owner, batch);
  const data = await store.profileData(owner);
  const file = join(await data.uploadFolder(batchId), 'rows.json');
  const text = Buffer.isBuffer(lines)
    ? lines
    : lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  writeFileSync(file, text);
  return data.ingest({ batch, entity, files: [file], at });
}

/** A record of a person with an Email identity. */
export function person(email: string, fields: object = {}): object {
  return { identityMap: { Email: [{ id: email, primary: true }] }, ...fields };
}
