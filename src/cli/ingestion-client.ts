import type { Readable } from 'node:stream';
import { request } from 'undici';
import { CommandError } from '../errors/command-error';
import type { BatchWire, CatalogMapWire, DatasetWire } from '../wire/catalog.wire';
import type { OpenBatchAnswerWire } from '../wire/ingestion.wire';

export interface IngestionClientOptions {
  /** Origin of the platform. */
  readonly url: string;
  readonly orgId: string;
  readonly sandbox: string;
}

export interface RejectedLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly code: string;
  readonly reason: string;
}

type Method = 'GET' | 'POST' | 'PUT';

/** The part of Adobe's Batch Ingestion, Catalog and Data Access APIs that an import needs. Errors: CommandError with exit code 6. */
export class IngestionClient {
  readonly #options: IngestionClientOptions;

  constructor(options: IngestionClientOptions) {
    this.#options = options;
  }

  /** The id of the dataset with this name and schema; made when there is none. */
  async ensureDataset(name: string, schemaId: string): Promise<string> {
    for (let start = 0; ; start += 100) {
      const query = new URLSearchParams({ limit: '100', start: String(start) });
      const page = await this.#json<CatalogMapWire<DatasetWire>>(
        'GET',
        `/data/foundation/catalog/dataSets?${query}`,
      );
      const entries = Object.entries(page);
      const found = entries.find(([, dataset]) => dataset.name === name);
      if (found !== undefined) return this.#checked(found[0], found[1], schemaId);
      if (entries.length < 100) break;
    }
    const [reference] = await this.#json<string[]>('POST', '/data/foundation/catalog/dataSets', {
      name,
      schemaRef: { id: schemaId, contentType: 'application/vnd.adobe.xed+json;version=1' },
      tags: { unifiedProfile: ['enabled:true'] },
    });
    return (reference ?? '').split('/').at(-1) ?? '';
  }

  #checked(id: string, { name, schemaRef }: DatasetWire, schemaId: string): string {
    if (schemaRef?.id === schemaId) return id;
    throw new CommandError(
      `Dataset "${name}" holds ${schemaRef?.id ?? 'another schema'}, not ${schemaId}. Name another one with --dataset.`,
      2,
    );
  }

  async openBatch(datasetId: string): Promise<string> {
    const batch = await this.#json<OpenBatchAnswerWire>('POST', '/data/foundation/import/batches', {
      datasetId,
      inputFormat: { format: 'json', isMultiLineJson: false },
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
      await this.#json<CatalogMapWire<BatchWire>>('GET', `/data/foundation/catalog/batches/${batchId}`)
    )[batchId];
    if (found === undefined) throw new CommandError(`The platform lost sight of batch ${batchId}.`, 6);
    return found;
  }

  /** Every rejected line, in order, one JSON object a line. */
  async rejectedLines(batchId: string): Promise<readonly RejectedLine[]> {
    const text = await this.#send(
      'GET',
      `/data/foundation/export/batches/${batchId}/meta?path=row_errors`,
      {},
    );
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as RejectedLine);
  }

  async #json<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const content = body === undefined ? {} : { body: JSON.stringify(body), contentType: 'application/json' };
    return JSON.parse(await this.#send(method, path, content)) as T;
  }

  async #send(
    method: Method,
    path: string,
    content: { body?: string | Readable; contentType?: string },
  ): Promise<string> {
    const { url, orgId, sandbox } = this.#options;
    const answer = await request(url + path, {
      method,
      headers: {
        authorization: 'Bearer embedded',
        'x-api-key': 'audience-cli',
        'x-gw-ims-org-id': orgId,
        'x-sandbox-name': sandbox,
        accept: 'application/json',
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
    const text = await answer.body.text();
    if (answer.statusCode >= 200 && answer.statusCode < 300) return text;
    throw new CommandError(`The platform answered ${answer.statusCode}: ${readProblem(text)}`, 6);
  }
}

/** The human part of whichever error body came (families A, C, D). */
function readProblem(text: string): string {
  try {
    const body = JSON.parse(text) as { message?: string; detail?: string; title?: string };
    return body.detail ?? body.message ?? body.title ?? 'no reason given';
  } catch {
    return 'no reason given';
  }
}
