import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { UnionSchema } from '../../../xdm/union-schema';
import type { Batch, MergeRule } from '../../records';
import type { EngineLimits } from '../engine/engine';
import { publish, syncPath } from '../files/publish';
import { remove, type TenantFiles } from '../files/tenant-files';
import { makeNextGeneration } from '../generation/next-generation';
import { mergeRuleKey } from '../merge-rule';
import type { IngestCommit, KeptField, NewGeneration, ProfileCatalog } from '../metadata/profile-catalog';
import type { IngestReport, IngestRequest } from '../api/ingest';
import { schemaOf } from '../schema';
import { readBatch, type ReadBatch } from './read-batch';

export interface IngestParts {
  readonly catalog: ProfileCatalog;
  readonly files: TenantFiles;
  readonly limits: EngineLimits;
  /** By which the people of the next generation are made. */
  readonly mergeRule: MergeRule;
  readonly newId: () => string;
}

type NewFragment = IngestCommit['fragment'];

/** A tenant may bring this many fields of its own, by entity. */
const mostOwnFields = 500;

/** Reads one batch, builds the next generation with it and commits both; nothing is left behind when that fails. */
export async function ingestBatch(parts: IngestParts, request: IngestRequest): Promise<IngestReport> {
  const work = join(parts.files.temp, parts.newId());
  const published: string[] = [];
  mkdirSync(work);
  try {
    return await new Ingest(parts, request, work, published).run();
  } catch (error) {
    published.forEach(remove);
    throw error;
  } finally {
    remove(work);
  }
}

class Ingest {
  readonly #parts: IngestParts;
  readonly #request: IngestRequest;
  readonly #work: string;
  readonly #published: string[];
  #rows = 0;

  constructor(parts: IngestParts, request: IngestRequest, work: string, published: string[]) {
    this.#parts = parts;
    this.#request = request;
    this.#work = work;
    this.#published = published;
  }

  async run(): Promise<IngestReport> {
    const { catalog } = this.#parts;
    const kept = await catalog.fields();
    const read = await this.#read(kept);
    this.#rows = read.accepted + read.rejected;
    await this.#step();
    const fields = changedFields(kept, read, this.#request.entity);
    const fragment = await this.#publishFragment(read);
    const schema = schemaOf([
      ...kept.filter((field) => !fields.some((changed) => samePath(field, changed))),
      ...fields,
    ]);
    const generation = read.rowsFiles.length === 0 ? undefined : await this.#build(fragment, schema);
    await this.#step();
    const batch = closedBatch(this.#request, read);
    const commit: IngestCommit = { batch, fragment, fields, generation };
    await catalog.commitIngest(commit);
    await this.#step();
    const { accepted, rejected, newFields, notes } = read;
    return { batch, accepted, rejected, newFields, notes };
  }

  async #read(kept: readonly KeptField[]): Promise<ReadBatch> {
    const { entity, batch, files, at, signal, onProgress } = this.#request;
    const own = kept.filter((field) => field.entity === entity);
    return readBatch({
      batchId: batch.id,
      entity,
      files,
      at,
      signal,
      schema: schemaOf(kept)[entity],
      format: batch.format ?? 'ndjson',
      guessed: new Set(own.filter(({ origin }) => origin === 'import').map(({ path }) => path)),
      roomForFields: Math.max(0, mostOwnFields - own.length),
      limits: this.#parts.limits,
      folder: this.#work,
      onRows: (rows) => onProgress?.({ done: rows, total: rows }),
    });
  }

  async #publishFragment(read: ReadBatch): Promise<NewFragment> {
    const { fragments } = this.#parts.files;
    const { batch, entity } = this.#request;
    // A batch that failed may come again under its id; what it left before stays whole until the commit.
    const attempt = this.#parts.newId();
    return {
      batchId: batch.id,
      entity,
      file: await this.#publishRows(read.rowsFiles, `${batch.id}-${attempt}`),
      rejectsFile: await this.#publish(
        read.rejectsFile,
        fragments,
        `${batch.id}-${attempt}.rejected.parquet`,
      ),
      columns: read.columns,
    };
  }

  /** One file, or a folder of them, which is read by a pattern. */
  async #publishRows(files: readonly string[], name: string): Promise<string | undefined> {
    const { fragments } = this.#parts.files;
    if (files.length < 2) return this.#publish(files[0], fragments, `${name}.parquet`);
    const folder = join(fragments, name);
    this.#published.push(folder);
    mkdirSync(folder);
    for (const [index, file] of files.entries()) {
      await publish(file, join(folder, `part-${String(index).padStart(5, '0')}.parquet`));
    }
    await syncPath(fragments);
    return `${name}/*.parquet`;
  }

  async #publish(from: string, folder: string, name: string): Promise<string>;
  async #publish(from: string | undefined, folder: string, name: string): Promise<string | undefined>;
  async #publish(from: string | undefined, folder: string, name: string): Promise<string | undefined> {
    if (from === undefined) return undefined;
    const path = join(folder, name);
    this.#published.push(path);
    await publish(from, path);
    return name;
  }

  /** The people of the default merge policy; those of others are built when they are needed. */
  async #build(fragment: NewFragment, schema: UnionSchema): Promise<NewGeneration> {
    const { catalog, files, limits, mergeRule, newId } = this.#parts;
    const { batch, signal } = this.#request;
    const older = (await catalog.fragments()).filter(({ batchId }) => batchId !== fragment.batchId);
    return makeNextGeneration(
      { files, limits, newId, work: this.#work, signal },
      {
        mergeRule,
        fragments: [...older, { ...fragment, datasetId: batch.datasetId }],
        schema,
        before: await catalog.current(mergeRuleKey(mergeRule)),
      },
    );
  }

  /** Progress is told in rows that were read. */
  async #step(): Promise<void> {
    await this.#request.onProgress?.({ done: this.#rows, total: this.#rows });
  }
}

function samePath(a: KeptField, b: KeptField): boolean {
  return a.entity === b.entity && a.path === b.path;
}

function changedFields(
  kept: readonly KeptField[],
  read: ReadBatch,
  entity: 'profile' | 'event',
): readonly KeptField[] {
  const types = new Map(read.columns.map(({ path, type }) => [path, type]));
  const widened = kept
    .filter((field) => field.entity === entity && field.origin === 'import')
    .flatMap((field): KeptField[] => {
      const type = types.get(field.path);
      return type === undefined || isDeepStrictEqual(type, field.type) ? [] : [{ ...field, type }];
    });
  return [...widened, ...read.newFields.map((field): KeptField => ({ ...field, origin: 'import' }))];
}

const descriptions: Readonly<Record<string, string>> = {
  'invalid-json': 'Rows that are not JSON.',
  'invalid-csv': 'Lines that are not CSV.',
  'invalid-parquet': 'Files that are not Parquet.',
  'bad-header': 'CSV files whose first line does not name their columns.',
  'wrong-columns': 'Lines with more or fewer cells than the first.',
  truncated: 'Files that end in the middle.',
  'not-an-object': 'Rows that are JSON, but not an object.',
  'no-identity': 'Rows without any identity.',
  'invalid-identity': 'Rows whose identities cannot be used.',
  'wrong-type': 'Rows with a value of another type than the schema, or most rows, say.',
  'no-timestamp': 'Events without a timestamp.',
  'too-large': 'Rows that are too large.',
  'too-deep': 'Rows with too many levels.',
};

/** So many fields are told, each with its reason; the others are counted. */
const shownNotes = 5_000;

function closedBatch({ batch, at }: IngestRequest, read: ReadBatch): Batch {
  const errors: Batch['errors'] = [...rejections(read), ...fieldNotes(read)];
  const empty = { code: 'no-rows', description: 'The batch has no row.', rows: [] };
  return {
    ...batch,
    status: read.accepted > 0 ? 'success' : 'failed',
    recordCount: read.accepted,
    failedRecordCount: read.rejected,
    errors: read.accepted === 0 && errors.length === 0 ? [empty] : errors,
    files: [],
    revision: (batch.revision ?? 0) + 1,
    updatedAt: at,
    completedAt: at,
  };
}

/** Where no row was good, the file may be another than was said. */
const hints: Readonly<Record<string, string>> = {
  'invalid-json': ' Is the file CSV, Parquet, or JSON over many lines? Then say so by its format.',
  'not-an-object': ' Is the file one list of objects? Then its format is json, over many lines.',
};

function rejections({ rejectedByCode, accepted }: ReadBatch): Batch['errors'] {
  return rejectedByCode.map(({ code, count, rows }) => ({
    code,
    description: `${descriptions[code] ?? 'Rows that were rejected.'} (${count})${accepted === 0 ? (hints[code] ?? '') : ''}`,
    rows,
  }));
}

/** Names each field that rules cannot use, or that is not held as a field; its values stay with their rows. */
function fieldNotes({ notes }: ReadBatch): Batch['errors'] {
  const shown = notes.slice(0, shownNotes).map(({ code, path, why, rows }) => {
    const what = code === 'field-left-out' ? 'is left out' : 'is kept, but no rule can name it';
    const description = `The field "${printable(path)}" of ${rows} rows ${what}, since ${why}.`;
    return { code, description, rows: [] };
  });
  const hidden = notes.length - shown.length;
  if (hidden === 0) return shown;
  const description = `And ${hidden} more fields are left out or cannot be named by rules.`;
  return [...shown, { code: 'field-left-out', description, rows: [] }];
}

function printable(path: string): string {
  return path.replace(/[^\P{C}]/gu, '?').slice(0, 200);
}
