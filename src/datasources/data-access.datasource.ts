import type { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { BadUserInput } from '../errors/bad-user-input';
import { UpstreamError } from '../errors/upstream-error';
import { basePaths } from './endpoints';
import type { DataAccessSource, SourceFile } from './index';
import { discard } from './http-attempt';
import { nearestName } from '../lib/nearest-name';
import { readParquetRows, UnknownColumns } from '../lib/parquet-rows';
import type { RowsRequest } from '../lib/parquet-rows';
import type { FileAnswer } from './rest-call';
import { isRecord } from '../lib/is-record';
import { pathOf, readCount, readEnvelope, readId, readNextLink, readRecords } from './upstream';
import type { JsonRecord, Upstream } from './upstream';
import { invalidResponse, toConnectionError } from './upstream-answer';

const service = 'data-access';
const batchesPath = `${basePaths.dataAccess}/batches`;
const filesPath = `${basePaths.dataAccess}/files`;
const listLimit = 100;
/** Pages of a list read at most; a batch of more files than this many hundred is not one that a person looks at. */
const maxListPages = 20;
const filesAtOnce = 8;
/** A directory may hold directories; deeper ones are a fault. */
const maxDepth = 3;
/** A part of a file that is read into memory: at most a column chunk. */
const maxRangeBytes = 64 * 1024 * 1024;

/** Files of batches. Source: `/data/foundation/export`; numbers are texts there (quirk N35). */
export class DataAccessDataSource implements DataAccessSource {
  private readonly fileLists = new Map<string, Promise<readonly SourceFile[]>>();

  constructor(private readonly upstream: Upstream) {}

  files(batchId: string): Promise<readonly SourceFile[]> {
    let list = this.fileLists.get(batchId);
    if (list === undefined) {
      list = this.loadFiles(batchId);
      this.fileLists.set(batchId, list);
    }
    return list;
  }

  async rows(file: SourceFile, request: RowsRequest): Promise<readonly Record<string, unknown>[]> {
    const ranged = {
      sizeBytes: Number(file.sizeBytes),
      read: (start: number, end: number) => this.readRange(file, start, end),
    };
    try {
      return await readParquetRows(ranged, request);
    } catch (error) {
      if (error instanceof UpstreamError) throw error;
      if (error instanceof UnknownColumns) throw new BadUserInput(sayUnknown(error));
      throw invalidResponse(service, 'the file is not Parquet that can be shown here; download it instead', {
        cause: error,
      });
    }
  }

  // async, so that an impossible id rejects as any other failure does.
  async openFile(
    file: SourceFile,
    request: { method: 'GET' | 'HEAD'; range?: string | undefined },
  ): Promise<FileAnswer> {
    return this.upstream.stream({
      ...request,
      path: pathOf(filesPath, file.fileId),
      query: { path: file.name },
    });
  }

  private async loadFiles(batchId: string): Promise<readonly SourceFile[]> {
    const entries = await this.list(`${pathOf(batchesPath, batchId)}/files`);
    return this.filesBehind(entries, 1);
  }

  /** Each entry of a batch is a directory of its own that names the files in it, unless it is a file already. */
  private async filesBehind(entries: readonly JsonRecord[], depth: number): Promise<SourceFile[]> {
    if (depth > maxDepth) throw invalidResponse(service, 'its directories lie too deep in each other');
    const files = entries.filter(isFile).map((entry) => toFile(entry, readFileId(entry)));
    const directories = entries.filter((entry) => !isFile(entry));
    for (let start = 0; start < directories.length; start += filesAtOnce) {
      const part = directories.slice(start, start + filesAtOnce);
      const found = await Promise.all(part.map((entry) => this.filesOf(readFileId(entry), depth)));
      files.push(...found.flat());
    }
    return files;
  }

  private async filesOf(fileId: string, depth: number): Promise<SourceFile[]> {
    const entries = await this.list(pathOf(filesPath, fileId));
    const directories = entries.filter((entry) => !isFile(entry));
    const files = entries.filter(isFile).map((entry) => toFile(entry, fileId));
    return directories.length === 0 ? files : [...files, ...(await this.filesBehind(directories, depth + 1))];
  }

  /**
   * All entries of a list; `_links.next` says whether it goes on. A bare list does not say it: a full page is read on
   * behind, unless it comes again.
   */
  private async list(path: string): Promise<JsonRecord[]> {
    const entries: JsonRecord[] = [];
    for (let page = 0; page < maxListPages; page += 1) {
      const query = { start: entries.length, limit: listLimit };
      const { body } = await this.upstream.request({ method: 'GET', path, query });
      const answer = readEnvelope(service, body, { what: 'the list of files', records: 'data' });
      const items = readRecords(service, answer['data'], 'the files');
      if (Array.isArray(body) && page > 0 && isDeepStrictEqual(items[0], entries[0])) return entries;
      entries.push(...items);
      const total = readCount(answer['_page'], 'count') ?? 0;
      const mayGoOn = Array.isArray(body) && items.length === listLimit;
      const goesOn = mayGoOn || readNextLink(answer['_links']) !== null || entries.length < total;
      if (items.length === 0 || !goesOn) return entries;
    }
    throw invalidResponse(service, `the batch has more than ${String(maxListPages * listLimit)} files`);
  }

  private async readRange(file: SourceFile, start: number, end: number): Promise<Uint8Array> {
    const length = end - start;
    if (length > maxRangeBytes)
      throw invalidResponse(service, 'the first row group of the file is too large to show');
    const range = `bytes=${String(start)}-${String(end - 1)}`;
    const { status, body } = await this.openFile(file, { method: 'GET', range });
    // A server that ignores the range would send it all.
    const isWhole = status === 200 && start === 0 && BigInt(end) === file.sizeBytes;
    if (body === null || (status !== 206 && !isWhole)) {
      if (body !== null) discard(body);
      throw invalidResponse(service, 'it does not give a part of a file', { status });
    }
    const bytes = await readExactly(body, length);
    if (bytes === null)
      throw invalidResponse(service, 'it gave another part of the file than asked', { status });
    return bytes;
  }
}

/** Null where there are more or fewer bytes. */
async function readExactly(body: Readable, length: number): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > length) return null;
      chunks.push(chunk);
    }
  } catch (error) {
    throw toConnectionError(service, error, { isWrite: false, timedOut: false });
  }
  return sizeBytes === length ? Buffer.concat(chunks) : null;
}

function isFile(entry: JsonRecord): boolean {
  return entry['name'] !== undefined;
}

function toFile(entry: JsonRecord, fileId: string): SourceFile {
  return { fileId, name: readId(service, entry, 'name'), sizeBytes: readSize(entry) };
}

/** Told by itself, or only by the link to it: `…/files/{id}?path=…`. */
function readFileId(entry: JsonRecord): string {
  const { dataSetFileId, _links: links } = entry;
  const self = isRecord(links) && isRecord(links['self']) ? links['self']['href'] : undefined;
  const linked =
    typeof self === 'string' ? /\/files\/([A-Za-z0-9-]{1,64})(?:\?|$)/.exec(self)?.[1] : undefined;
  return readId(service, { dataSetFileId: dataSetFileId ?? linked }, 'dataSetFileId');
}

function readSize(entry: JsonRecord): bigint {
  const length = entry['length'];
  if (typeof length === 'string' && /^\d{1,18}$/.test(length)) return BigInt(length);
  if (typeof length === 'number' && Number.isSafeInteger(length) && length >= 0) return BigInt(length);
  throw invalidResponse(service, 'a file has no length');
}

function sayUnknown({ names: [name = ''], known }: UnknownColumns): string {
  const near = nearestName(name, known);
  const help = near === undefined ? `It has ${known.slice(0, 20).join(', ')}.` : `Did you mean "${near}"?`;
  return `The argument columns names "${name.slice(0, 100)}", which the file does not have. ${help}`;
}
