import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
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
}

export interface ImportSurroundings {
  readonly client: IngestionClient;
  readonly stdin: Readable;
  readonly stderr: ProgressOutput;
  /** Rest between two looks at a running batch. */
  readonly wait: () => Promise<void>;
}

/**
 * Imports one NDJSON file of XDM: uploads it as a batch, waits until the platform has taken it in, reads what was rejected.
 * @throws CommandError with exit code 2 for a file that is not there, 1 when no line was good, 6 when the platform refuses.
 */
export async function importFile(
  request: ImportRequest,
  { client, stdin, stderr, wait }: ImportSurroundings,
): Promise<ImportResult> {
  const source = await openSource(request.file, stdin);
  const datasetId = await client.ensureDataset(
    request.datasetName,
    request.entity === 'profiles' ? profileSchemaId : eventSchemaId,
  );
  const batchId = await client.openBatch(datasetId);
  const uploading = startProgress(stderr, `uploading ${source.name}`);
  try {
    await client.upload(
      batchId,
      datasetId,
      source.name,
      source.stream.pipe(countBytes(source.sizeBytes, uploading)),
    );
  } catch (error) {
    await client.abort(batchId).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
  uploading.done('uploaded');
  await client.complete(batchId);
  const batch = await followBatch({ client, batchId, label: `reading ${request.entity}`, stderr, wait });
  const rejected = (batch.failedRecordCount ?? 0) > 0 ? await client.rejectedLines(batchId) : [];
  return { batchId, accepted: batch.recordCount ?? 0, rejected };
}

interface Source {
  readonly name: string;
  readonly stream: Readable;
  readonly sizeBytes: number | null;
}

async function openSource(file: string, stdin: Readable): Promise<Source> {
  if (file === '-') return { name: 'stdin.ndjson', stream: stdin, sizeBytes: null };
  const found = await stat(file).catch(() => null);
  if (found === null)
    throw new CommandError(
      `There is no file "${file}". Give the path of an NDJSON file: one XDM object a line.`,
      2,
    );
  if (!found.isFile())
    throw new CommandError(
      `"${file}" is not a file. Give the path of an NDJSON file: one XDM object a line.`,
      2,
    );
  if (found.size === 0) throw new CommandError(`"${file}" is empty: nothing to import.`, 2);
  const name = basename(file).replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return { name, stream: createReadStream(file), sizeBytes: found.size };
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

interface FollowedBatch extends Pick<ImportSurroundings, 'client' | 'stderr' | 'wait'> {
  readonly batchId: string;
  readonly label: string;
}

const failedStatuses = new Set(['failed', 'failure', 'aborted', 'abandoned', 'deleted']);

async function followBatch({ client, batchId, label, stderr, wait }: FollowedBatch): Promise<BatchWire> {
  const line = startProgress(stderr, label);
  for (;;) {
    const batch = await client.batch(batchId);
    if (batch.status === 'success' || batch.status === 'active') {
      line.done(`${format(batch.recordCount)} taken in, ${format(batch.failedRecordCount)} rejected`);
      return batch;
    }
    if (failedStatuses.has(batch.status)) {
      line.done('failed');
      const rejected = (batch.failedRecordCount ?? 0) > 0 ? await client.rejectedLines(batchId) : [];
      throw new CommandError(failureOf(batch, rejected), 1);
    }
    line.update(null, `${format(batch.recordCount)} rows`);
    await wait();
  }
}

function failureOf(batch: BatchWire, rejected: readonly RejectedLine[]): string {
  const [first] = rejected;
  if (first === undefined)
    return `Nothing was taken in: ${batch.errors?.[0]?.description ?? 'the platform gave no reason'}`;
  return `Nothing was taken in: ${format(rejected.length)} lines were rejected, the first at line ${first.line}: ${first.reason}`;
}

function format(count: number | undefined): string {
  return (count ?? 0).toLocaleString('en-US');
}
