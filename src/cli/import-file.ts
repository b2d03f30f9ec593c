import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { addAbortSignal, pipeline, Transform } from 'node:stream';
import { CommandError } from '../errors/command-error';
import { eventSchemaId, profileSchemaId } from '../wire/catalog.wire';
import type { BatchWire } from '../wire/catalog.wire';
import type { IngestionClient, RejectedLine } from './ingestion-client';
import type { ProgressLine, ProgressOutput } from './progress';
import { startProgress } from './progress';

export type ImportedEntity = 'profiles' | 'events';

export interface ImportRequest {
  readonly entity: ImportedEntity;
  /** Path of an NDJSON file, or `-` for standard input. */
  readonly file: string;
  readonly datasetName: string;
}

export interface ImportResult {
  readonly batchId: string;
  readonly accepted: number;
  readonly rejected: readonly RejectedLine[];
  /** Why the batch as a whole was refused; null where it was taken in. */
  readonly refusal: string | null;
}

export interface ImportSurroundings {
  readonly client: IngestionClient;
  readonly stdin: Readable;
  readonly stderr: ProgressOutput;
  /** Rest between two looks at a running batch. */
  readonly wait: () => Promise<void>;
  /** Gives the import up: an upload is taken back, a batch that is complete goes on without us. */
  readonly signal: AbortSignal;
}

/**
 * Imports one NDJSON file of XDM: uploads it as a batch, waits until the platform has taken it in, reads what was rejected.
 * @throws CommandError with exit code 2 for a file that cannot be read, 6 when the platform refuses; AbortError.
 */
export async function importFile(
  request: ImportRequest,
  surroundings: ImportSurroundings,
): Promise<ImportResult> {
  const { client, stdin, stderr, signal } = surroundings;
  const source = await openSource(request.file, stdin);
  try {
    const schemaId = request.entity === 'profiles' ? profileSchemaId : eventSchemaId;
    const datasetId = await client.ensureDataset(request.datasetName, schemaId);
    const batchId = await client.openBatch(datasetId);
    const uploading = startProgress(stderr, `uploading ${source.name}`);
    try {
      const content = countBytes(source.sizeBytes, uploading);
      pipeline(source.stream, content, () => undefined); // a fault reaches the upload, which reads `content`
      await client.upload(batchId, datasetId, source.name, addAbortSignal(signal, content));
    } catch (error) {
      await client.abort(batchId).catch(() => undefined); // the first error is the one to tell
      throw error;
    }
    uploading.done('uploaded');
    await client.complete(batchId);
    const batch = await followBatch(surroundings, { batchId, label: `reading ${request.entity}` });
    const rejected = (batch.failedRecordCount ?? 0) > 0 ? await client.rejectedLines(batchId) : [];
    const refusal = successStatuses.has(batch.status) ? null : refusalOf(batch, rejected);
    return { batchId, accepted: refusal === null ? (batch.recordCount ?? 0) : 0, rejected, refusal };
  } finally {
    source.stream.destroy();
  }
}

interface Source {
  readonly name: string;
  readonly stream: Readable;
  readonly sizeBytes: number | null;
}

async function openSource(file: string, stdin: Readable): Promise<Source> {
  if (file === '-') return { name: 'stdin.ndjson', stream: stdin, sizeBytes: null };
  const advice = 'Give the path of an NDJSON file: one XDM object a line.';
  const handle = await open(file).catch((cause: unknown) => {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new CommandError(
      `${isMissing ? `There is no file "${file}"` : `"${file}" cannot be read`}. ${advice}`,
      2,
      { cause },
    );
  });
  const found = await handle.stat();
  if (found.isFile() && found.size > 0) {
    const name = basename(file).replaceAll(/[^A-Za-z0-9._-]/g, '_');
    return { name, stream: handle.createReadStream(), sizeBytes: found.size };
  }
  await handle.close();
  throw new CommandError(
    found.isFile() ? `"${file}" is empty: nothing to import.` : `"${file}" is not a file. ${advice}`,
    2,
  );
}

function countBytes(total: number | null, line: ProgressLine): Transform {
  let done = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length;
      line.update(total === null ? null : done / total, `${(done / 1e6).toFixed(1)} MB`);
      next(null, chunk);
    },
  });
}

interface FollowedBatch {
  readonly batchId: string;
  readonly label: string;
}

const successStatuses = new Set(['success', 'active']);
const failedStatuses = new Set(['failed', 'failure', 'aborted', 'abandoned', 'deleted']);

/** Looks until the batch has been taken in or refused. */
async function followBatch(
  { client, stderr, wait, signal }: ImportSurroundings,
  { batchId, label }: FollowedBatch,
): Promise<BatchWire> {
  const line = startProgress(stderr, label);
  for (;;) {
    signal.throwIfAborted();
    const batch = await client.batch(batchId);
    if (successStatuses.has(batch.status)) {
      line.done(`${format(batch.recordCount)} taken in, ${format(batch.failedRecordCount)} rejected`);
      return batch;
    }
    if (failedStatuses.has(batch.status)) {
      line.done('failed');
      return batch;
    }
    line.update(null, `${format(batch.recordCount)} rows`);
    await wait();
  }
}

function refusalOf(batch: BatchWire, rejected: readonly RejectedLine[]): string {
  if (rejected.length > 0) return 'Nothing was taken in: no line was good.';
  return `Nothing was taken in: ${batch.errors?.[0]?.description ?? `the batch is ${batch.status}`}`;
}

function format(count: number | undefined): string {
  return (count ?? 0).toLocaleString('en-US');
}
