import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { tenantFolderName } from '../../../src/platform/store/data-folder';
import type { BatchWire } from '../../../src/wire/catalog.wire';
import type { ExportJobListWire, ExportJobWire } from '../../../src/wire/export-job.wire';
import type { SegmentJobListWire, SegmentJobWire } from '../../../src/wire/segment-job.wire';
import { runSegmentJob } from '../../contract/data';
import type { ContractTarget } from '../../contract/target';
import { ask, must, paths, terminal } from '../../contract/target';
import type { Ledger } from './ledger';
import type { Ground } from './workload';

export interface Place {
  readonly target: ContractTarget;
  readonly dataDir: string;
  readonly ledger: Ledger;
  readonly ground: Ground;
}

/** How long half-done work may take after a start, on a machine that is busy with other things too. */
const settleMs = 30_000;

/** Everything that is not as it must be after a restart, in words; empty where nothing was lost, halved or doubled. */
export async function faultsAfterRestart(place: Place): Promise<readonly string[]> {
  const unsettled = await untilSettled(place);
  if (unsettled.length > 0) return unsettled;
  return [
    ...(await documentFaults(place)),
    ...(await jobFaults(place)),
    ...(await peopleFaults(place)),
    ...(await exportFaults(place)),
  ];
}

async function untilSettled({ target, ledger }: Place): Promise<readonly string[]> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const open: string[] = [];
    for (const [path, seen] of ledger.jobs) {
      const { status } = await must<{ status: string }>(target, `GET ${path}`);
      if (terminal.includes(seen) && status !== seen) return [`${path} was ${seen} and is ${status}`];
      ledger.jobs.set(path, status);
      if (!terminal.includes(status)) open.push(`${path} is ${status}`);
    }
    for (const [id, batch] of ledger.batches) {
      if (batch.isSettled) continue;
      const status = (await must<Record<string, BatchWire>>(target, `GET ${paths.batches}/${id}`))[id]
        ?.status;
      const isOpen = (batch.isClosed && status !== 'success') || status === 'staging';
      if (isOpen) open.push(`batch ${id} is ${status}`);
    }
    if (open.length === 0) {
      // One whose closing was never sent stays open for ever.
      for (const batch of ledger.batches.values()) batch.isSettled = true;
      return [];
    }
    if (performance.now() > deadline) return open.map((fault) => `${fault} ${settleMs} ms after the start`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function documentFaults({ target, ledger }: Place): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const document of ledger.documents) {
    const { path, read, acceptable } = document;
    const { status, body } = await ask(target, `GET ${path}`);
    const found = status === 404 ? null : (read(body) as string);
    if (!acceptable.includes(found))
      faults.push(`${path} holds ${String(found)} and should hold one of ${JSON.stringify(acceptable)}`);
    // What was uncertain is known from here on.
    document.acceptable = [found];
  }
  return faults;
}

async function jobFaults({ target, ledger }: Place): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const path of ledger.jobs.keys()) {
    const { status, errors = [] } = await must<SegmentJobWire>(target, `GET ${path}`);
    if (status === 'FAILED' && (errors[0]?.code ?? '') === '') faults.push(`${path} FAILED without a code`);
  }
  const segments = await must<SegmentJobListWire>(target, `GET ${paths.segmentJobs}?limit=1`);
  const exports = await must<ExportJobListWire>(target, `GET ${paths.exportJobs}?limit=1000`);
  const found = (segments._page.totalCount ?? 0) + exports.records.length;
  const most = ledger.jobs.size + ledger.lostJobs + ledger.evaluatingExports;
  if (found > most) faults.push(`there are ${found} jobs, and ${most} were asked for`);
  return faults;
}

/** Each person was imported once, and is one profile; a job over all finds them all, once. */
async function peopleFaults({ target, ledger, ground }: Place): Promise<readonly string[]> {
  const faults: string[] = [];
  let rows = 0;
  for (const [id, batch] of ledger.batches) {
    const found = (await must<Record<string, BatchWire>>(target, `GET ${paths.batches}/${id}`))[id];
    if (found?.status !== 'success') continue;
    rows += batch.rows;
    if (found.recordCount !== batch.rows)
      faults.push(`batch ${id} has ${found.recordCount} of ${batch.rows} rows`);
  }
  const job = await runSegmentJob(target, [ground.everybody]);
  ledger.jobs.set(`${paths.segmentJobs}/${job.id}`, job.status);
  const { totalProfiles, segmentedProfileCounter } = job.metrics ?? {};
  if (job.status !== 'SUCCEEDED' || totalProfiles !== rows)
    faults.push(`a job that ${job.status} found ${totalProfiles} profiles; ${rows} were imported`);
  if (rows > 0 && segmentedProfileCounter?.[ground.everybody] !== rows)
    faults.push(`${segmentedProfileCounter?.[ground.everybody]} of ${rows} profiles are members`);
  return faults;
}

/** The dataset holds what the last export that succeeded has written, whole, and the folder nothing else. */
async function exportFaults({ target, dataDir, ground }: Place): Promise<readonly string[]> {
  const faults: string[] = [];
  const { records } = await must<ExportJobListWire>(target, `GET ${paths.exportJobs}?limit=1000`);
  const last = records
    .filter(({ status }) => status === 'SUCCEEDED')
    .sort((one, other) => Number(other.id) - Number(one.id))[0];
  const batches = Object.keys(
    await must<Record<string, BatchWire>>(
      target,
      `GET ${paths.batches}?dataSet=${ground.union}&status=success`,
    ),
  );
  if (batches.length !== (last === undefined ? 0 : 1))
    faults.push(`the dataset has the batches ${batches.join()}`);
  for (const batchId of batches) faults.push(...(await fileFaults(target, batchId, last)));
  const { orgId, sandbox } = tenantOf(target);
  const folder = join(dataDir, 'tenants', tenantFolderName({ orgId, sandbox }));
  const exported = await readdir(join(folder, 'exports'));
  if (exported.join() !== batches.join()) faults.push(`the folder of exports holds ${exported.join()}`);
  // An engine that is kept for the next export has a folder of its own there, and nothing in it.
  const temporary = (await readdir(join(folder, 'temp'), { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);
  if (temporary.length > 0) faults.push(`the folder of unfinished files holds ${temporary.join()}`);
  return faults;
}

async function fileFaults(
  target: ContractTarget,
  batchId: string,
  job: ExportJobWire | undefined,
): Promise<readonly string[]> {
  const { data } = await must<{ data: { dataSetFileId: string }[] }>(
    target,
    `GET ${paths.dataAccess}/batches/${batchId}/files`,
  );
  let rows = 0;
  for (const { dataSetFileId } of data) {
    const { data: parts } = await must<{ data: { name: string }[] }>(
      target,
      `GET ${paths.dataAccess}/files/${dataSetFileId}`,
    );
    for (const { name } of parts) {
      const { bytes } = await ask(target, `GET ${paths.dataAccess}/files/${dataSetFileId}?path=${name}`);
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
      const told = Number(parquetMetadata(file).num_rows);
      const read = (await parquetReadObjects({ file })).length;
      if (told !== read) return [`${name} tells of ${told} rows and holds ${read}`];
      rows += read;
    }
  }
  const expected = job?.metrics?.totalExportedProfileCounter;
  return rows === expected
    ? []
    : [`export ${job?.id} tells of ${expected} profiles and its files hold ${rows}`];
}

function tenantOf({ headers }: ContractTarget): { readonly orgId: string; readonly sandbox: string } {
  return { orgId: headers['x-gw-ims-org-id'] ?? '', sandbox: headers['x-sandbox-name'] ?? '' };
}
