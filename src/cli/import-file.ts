import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { addAbortSignal, pipeline, Transform } from 'node:stream';
import { CommandError } from '../errors/command-error';
import { eventSchemaId, profileSchemaId } from '../wire/catalog.wire';
import type { BatchWire } from '../wire/catalog.wire';
import { detectFormat, isDamagedGzip, looksLikeEvents, type ImportFormat } from './import-format';
import { openSource, type ImportSource } from './import-source';
import type { IngestionClient } from './ingestion-client';
import type { ProgressLine, ProgressOutput } from './progress';
import { startProgress } from './progress';
import type { FieldNote } from './report-rejects';

export type ImportedEntity = 'profiles' | 'events';

export interface ImportRequest {
  readonly entity: ImportedEntity;
  /** Path of a file, or `-` for standard input. */
  readonly file: string;
  /** Undefined: told from the file. */
  readonly format: ImportFormat | undefined;
  /** Name or id. */
  readonly dataset: string;
  /** True: also when the same file is in already. */
  readonly again: boolean;
}

export interface ImportResult {
  readonly batchId: string;
  readonly format: ImportFormat;
  /** True where an earlier import brought the same file, and nothing was done. */
  readonly wasThere: boolean;
  readonly accepted: number;
  readonly rejected: number;
  /** What the platform says of fields that rules cannot use. */
  readonly fieldNotes: readonly FieldNote[];
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
 * Imports one file of XDM: uploads it as a batch and waits until the platform has taken it in. A file that an earlier
 * import brought to the same dataset is not taken in twice.
 * @throws CommandError with exit code 2 for a file that cannot be read, 6 when the platform refuses; AbortError.
 */
export async function importFile(
  request: ImportRequest,
  surroundings: ImportSurroundings,
): Promise<ImportResult> {
  const { client, stdin, stderr, signal } = surroundings;
  const source = await openSource(request.file, stdin);
  const format = request.format ?? formatOf(request.file, source);
  if (request.entity === 'profiles' && looksLikeEvents(source.head, format))
    stderr.write(
      `The rows look like events: they have timestamp and eventType, which profiles do not. If they are, import them with: audience import events ${request.file}\n`,
    );
  const datasetId = await client.ensureDataset(
    request.dataset,
    request.entity === 'profiles' ? profileSchemaId : eventSchemaId,
  );
  const following = { surroundings, format, entity: request.entity };
  const known = request.again ? null : await source.hash(signal);
  const earlier = known === null ? undefined : await client.findBatch(datasetId, contentHash(format, known));
  if (earlier !== undefined) return follow(following, { ...earlier, wasThere: true });
  const batchId = await client.openBatch(datasetId, format);
  try {
    const hash = await upload(surroundings, { source, batchId, datasetId });
    // Again: another import of the same file may have been completed while this one was opened and uploaded.
    const same = request.again ? undefined : await client.findBatch(datasetId, contentHash(format, hash));
    if (same !== undefined) {
      await client.abort(batchId);
      return await follow(following, { ...same, wasThere: true });
    }
  } catch (error) {
    await client.abort(batchId).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
  await client.complete(batchId);
  return follow(following, { id: batchId, wasThere: false });
}

function formatOf(file: string, source: ImportSource): ImportFormat {
  const format = detectFormat(source.name, source.head);
  if (format !== undefined) return format;
  const name = file === '-' ? 'what comes from standard input' : `"${file}"`;
  if (isDamagedGzip(source.head))
    throw new CommandError(`The compressed file is damaged: ${name} cannot be unpacked. Pack it anew.`, 2);
  throw new CommandError(
    `Neither its name nor its first bytes tell the format of ${name}. Say it with --format ndjson, json, csv or parquet.`,
    2,
  );
}

/** As the platform makes it of a batch of one file. */
function contentHash(format: ImportFormat, fileHash: string): string {
  return createHash('sha256').update(format).update(fileHash).digest('hex');
}

interface Upload {
  readonly source: ImportSource;
  readonly batchId: string;
  readonly datasetId: string;
}

/** @returns SHA-256 of what was uploaded. */
async function upload(
  { client, stderr, signal }: ImportSurroundings,
  { source, batchId, datasetId }: Upload,
): Promise<string> {
  const line = startProgress(stderr, `uploading ${source.name}`);
  const hash = createHash('sha256');
  const counted = watchBytes(source.sizeBytes, { line, see: (chunk) => hash.update(chunk) });
  pipeline(source.content(), counted, () => undefined); // a fault reaches the upload, which reads `counted`
  await client.upload(batchId, datasetId, source.name, addAbortSignal(signal, counted));
  line.done('uploaded');
  return hash.digest('hex');
}

function watchBytes(
  total: number | null,
  { line, see }: { readonly line: ProgressLine; readonly see: (chunk: Buffer) => void },
): Transform {
  let done = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length;
      see(chunk);
      line.update(total === null ? null : done / total, `${(done / 1e6).toFixed(1)} MB`);
      next(null, chunk);
    },
  });
}

interface Following {
  readonly surroundings: ImportSurroundings;
  readonly format: ImportFormat;
  readonly entity: ImportedEntity;
}

const successStatuses = new Set(['success', 'active']);
const failedStatuses = new Set(['failed', 'failure', 'aborted', 'abandoned', 'deleted']);

/** Looks until the batch has been taken in or refused. */
async function follow(
  { surroundings, format, entity }: Following,
  { id, wasThere }: { readonly id: string; readonly wasThere: boolean },
): Promise<ImportResult> {
  const { client, stderr, wait, signal } = surroundings;
  let line: ProgressLine | undefined;
  for (;;) {
    signal.throwIfAborted();
    const batch = await client.batch(id);
    const original = batch.tags?.['duplicateOf']?.[0];
    if (original !== undefined)
      return follow({ surroundings, format, entity }, { id: original, wasThere: true });
    if (successStatuses.has(batch.status) || failedStatuses.has(batch.status)) {
      const isGood = successStatuses.has(batch.status);
      line?.done(
        isGood
          ? `${count(batch.recordCount)} taken in, ${count(batch.failedRecordCount)} rejected`
          : 'failed',
      );
      return resultOf(batch, { batchId: id, format, wasThere: wasThere && line === undefined });
    }
    line ??= startProgress(stderr, wasThere ? `batch ${id} is on its way already` : `reading ${entity}`);
    line.update(null, `${count(batch.recordCount)} rows`);
    await wait();
  }
}

function resultOf(
  batch: BatchWire,
  about: Pick<ImportResult, 'batchId' | 'format' | 'wasThere'>,
): ImportResult {
  const isGood = successStatuses.has(batch.status);
  const errors = batch.errors ?? [];
  return {
    ...about,
    accepted: isGood ? (batch.recordCount ?? 0) : 0,
    rejected: batch.failedRecordCount ?? 0,
    fieldNotes: errors.filter(({ code }) => code.startsWith('field-')),
    refusal: isGood ? null : refusalOf(batch),
  };
}

function refusalOf(batch: BatchWire): string {
  if ((batch.failedRecordCount ?? 0) > 0) return 'Nothing was taken in: no row was good.';
  return `Nothing was taken in: ${batch.errors?.[0]?.description ?? `the batch is ${batch.status}`}`;
}

function count(rows: number | undefined): string {
  return (rows ?? 0).toLocaleString('en-US');
}
