import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { request } from 'undici';
import { CommandError } from '../errors/command-error';
import type { BatchWire, CatalogMapWire, DatasetWire } from '../wire/catalog.wire';
import type { OpenBatchAnswerWire } from '../wire/ingestion.wire';
import { inputFormatOf, type ImportFormat } from './import-format';

export interface IngestionClientOptions {
  /** Origin of the platform. */
  readonly url: string;
  readonly orgId: string;
  readonly sandbox: string;
  /** What `POST /audience/reset` asks for. */
  readonly operatorKey?: string;
}

export interface RejectedLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly code: string;
  readonly reason: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface Content {
  readonly body?: string | Readable;
  readonly contentType?: string;
}

/** The part of Adobe's Batch Ingestion, Catalog and Data Access APIs that an import needs. Errors: CommandError with exit
 * code 2 where the platform finds the request itself wrong, else 6. */
export class IngestionClient {
  readonly #options: IngestionClientOptions;

  constructor(options: IngestionClientOptions) {
    this.#options = options;
  }

  /** The id of the dataset with this name or id, and this schema; made when there is none. */
  async ensureDataset(nameOrId: string, schemaId: string): Promise<string> {
    const found = await this.#oldestDataset(nameOrId);
    if (found !== undefined) return this.#checked(found.id, found.dataset, schemaId);
    const [reference] = await this.json<string[]>('POST', '/data/foundation/catalog/dataSets', {
      name: nameOrId,
      schemaRef: { id: schemaId, contentType: 'application/vnd.adobe.xed+json;version=1' },
      tags: { unifiedProfile: ['enabled:true'] },
    });
    const made = (reference ?? '').split('/').at(-1) ?? '';
    // Another import may have made one of the same name meanwhile: both then take the older one.
    const oldest = await this.#oldestDataset(nameOrId);
    if (oldest === undefined || oldest.id === made) return made;
    await this.json('DELETE', `/data/foundation/catalog/dataSets/${made}`);
    return this.#checked(oldest.id, oldest.dataset, schemaId);
  }

  /** The dataset of this name or id; of several with one name the one that was made first. */
  async #oldestDataset(nameOrId: string): Promise<{ id: string; dataset: DatasetWire } | undefined> {
    const found: { id: string; dataset: DatasetWire }[] = [];
    for (let start = 0; ; start += 100) {
      const query = new URLSearchParams({ limit: '100', start: String(start) });
      const page = await this.json<CatalogMapWire<DatasetWire>>(
        'GET',
        `/data/foundation/catalog/dataSets?${query}`,
      );
      for (const [id, dataset] of Object.entries(page)) {
        if (id === nameOrId) return { id, dataset };
        if (dataset.name === nameOrId) found.push({ id, dataset });
      }
      if (Object.keys(page).length < 100) break;
    }
    const age = ({ id, dataset }: { id: string; dataset: DatasetWire }): string =>
      `${String(dataset.created ?? 0).padStart(16, '0')} ${id}`;
    return found.sort((left, right) => (age(left) < age(right) ? -1 : 1))[0];
  }

  /** A batch of the dataset that has this content, and is in or on its way. */
  async findBatch(datasetId: string, contentHash: string): Promise<{ readonly id: string } | undefined> {
    for (let start = 0; ; start += 100) {
      const query = new URLSearchParams({ dataSet: datasetId, limit: '100', start: String(start) });
      const page = await this.json<CatalogMapWire<BatchWire>>(
        'GET',
        `/data/foundation/catalog/batches?${query}`,
      );
      const entries = Object.entries(page);
      const found = entries.find(
        ([, { status, tags }]) =>
          (status === 'success' || status === 'staging') &&
          tags?.['duplicateOf'] === undefined &&
          tags?.['contentHash']?.[0] === contentHash,
      );
      if (found !== undefined) return { id: found[0] };
      if (entries.length < 100) return undefined;
    }
  }

  #checked(id: string, { name, schemaRef }: DatasetWire, schemaId: string): string {
    if (schemaRef?.id === schemaId) return id;
    throw new CommandError(
      `Dataset "${name}" holds ${schemaRef?.id ?? 'another schema'}, not ${schemaId}. Name another one with --dataset.`,
      2,
    );
  }

  async openBatch(datasetId: string, format: ImportFormat): Promise<string> {
    const batch = await this.json<OpenBatchAnswerWire>('POST', '/data/foundation/import/batches', {
      datasetId,
      inputFormat: inputFormatOf(format),
    });
    return batch.id;
  }

  async upload(batchId: string, datasetId: string, name: string, content: Readable): Promise<void> {
    const path = `/data/foundation/import/batches/${batchId}/datasets/${datasetId}/files/${encodeURIComponent(name)}`;
    await this.#send('PUT', path, { body: content, contentType: 'application/octet-stream' });
  }

  async complete(batchId: string): Promise<void> {
    await this.#send('POST', `/data/foundation/import/batches/${batchId}?action=COMPLETE`, {});
  }

  async abort(batchId: string): Promise<void> {
    await this.#send('POST', `/data/foundation/import/batches/${batchId}?action=ABORT`, {});
  }

  async batch(batchId: string): Promise<BatchWire> {
    const found = (
      await this.json<CatalogMapWire<BatchWire>>('GET', `/data/foundation/catalog/batches/${batchId}`)
    )[batchId];
    if (found === undefined) throw new CommandError(`The platform lost sight of batch ${batchId}.`, 6);
    return found;
  }

  /** The first rejected lines, in order. */
  async firstRejected(batchId: string, most: number): Promise<readonly RejectedLine[]> {
    const found: RejectedLine[] = [];
    const lines = createInterface({ input: await this.rejectReasons(batchId) });
    for await (const line of lines) {
      if (line !== '') found.push(JSON.parse(line) as RejectedLine);
      if (found.length >= most) break;
    }
    lines.close();
    return found;
  }

  /** Why each line was rejected, one JSON object a line. */
  async rejectReasons(batchId: string): Promise<Readable> {
    return this.#read(`/data/foundation/export/batches/${batchId}/meta?path=row_errors`);
  }

  /** The rejected rows as they came. */
  async rejectedRows(batchId: string): Promise<Readable> {
    return this.#read(`/data/foundation/export/batches/${batchId}/failed?path=failed.ndjson`);
  }

  /** One request with a body of JSON, or none. */
  async json<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const content = body === undefined ? {} : { body: JSON.stringify(body), contentType: 'application/json' };
    return JSON.parse(await this.#send(method, path, content)) as T;
  }

  async #read(path: string): Promise<Readable> {
    return this.#ask('GET', path, {});
  }

  async #send(method: Method, path: string, content: Content): Promise<string> {
    return text(await this.#ask(method, path, content));
  }

  async #ask(method: Method, path: string, content: Content): Promise<Readable> {
    const { url, orgId, sandbox, operatorKey } = this.#options;
    const answer = await request(url + path, {
      method,
      headers: {
        authorization: 'Bearer embedded',
        'x-api-key': 'audience-cli',
        'x-gw-ims-org-id': orgId,
        'x-sandbox-name': sandbox,
        accept: 'application/json',
        ...(operatorKey === undefined ? {} : { 'x-audience-operator-key': operatorKey }),
        ...(content.contentType === undefined ? {} : { 'content-type': content.contentType }),
      },
      ...(content.body === undefined ? {} : { body: content.body }),
      bodyTimeout: 0,
      headersTimeout: 0,
    }).catch((cause: unknown) => {
      if (cause instanceof Error && cause.name === 'AbortError') throw cause;
      throw new CommandError(
        `The platform at ${url} broke the connection. Look at its own output, then import again.`,
        6,
        { cause },
      );
    });
    if (answer.statusCode >= 200 && answer.statusCode < 300) return answer.body;
    const problem = readProblem(await answer.body.text());
    // What is wrong with the request itself came from the command line.
    const isAskedWrongly = answer.statusCode === 400 || answer.statusCode === 422;
    throw new CommandError(`The platform answered ${answer.statusCode}: ${problem}`, isAskedWrongly ? 2 : 6);
  }
}

/** The human part of whichever error body came (families A, C, D). */
function readProblem(answer: string): string {
  try {
    const body = JSON.parse(answer) as { message?: string; detail?: string; title?: string };
    return body.detail ?? body.message ?? body.title ?? 'no reason given';
  } catch {
    return 'no reason given';
  }
}
