import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { UnionSchema } from '../../../xdm/union-schema';
import type { Batch } from '../../records';
import type { EngineLimits } from '../engine/engine';
import { publish } from '../files/publish';
import { remove, type TenantFiles } from '../files/tenant-files';
import { buildGeneration } from '../generation/build-generation';
import { remapMemberships } from '../membership/remap-memberships';
import type {
  Fragment,
  Generation,
  IngestCommit,
  KeptField,
  ProfileCatalog,
} from '../metadata/profile-catalog';
import type { IngestReport, IngestRequest } from '../platform-store';
import { schemaOf } from '../schema';
import type { Snapshot } from '../snapshot';
import { readBatch, type ReadBatch } from './read-batch';

export interface IngestParts {
  readonly catalog: ProfileCatalog;
  readonly files: TenantFiles;
  readonly limits: EngineLimits;
  /** The data as they stand; the caller releases it. */
  readonly snapshot: Snapshot;
  readonly newId: () => string;
}

/** A tenant may bring this many fields of its own, by entity. */
const mostOwnFields = 500;

const steps = 4;

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
  #stepsDone = 0;
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
    const generation = read.rowsFile === undefined ? undefined : await this.#build(fragment, schema);
    await this.#step();
    const membershipFile = generation === undefined ? undefined : await this.#remap(generation);
    await this.#step();
    const batch = closedBatch(this.#request, read);
    const commit: IngestCommit = { batch, fragment, fields, generation, membershipFile };
    await catalog.commitIngest(commit);
    await this.#step();
    return { batch, accepted: read.accepted, rejected: read.rejected, newFields: read.newFields };
  }

  async #read(kept: readonly KeptField[]): Promise<ReadBatch> {
    const { entity, batch, files, at, signal } = this.#request;
    const own = kept.filter((field) => field.entity === entity);
    return readBatch({
      batchId: batch.id,
      entity,
      files,
      at,
      signal,
      schema: schemaOf(kept)[entity],
      widenable: new Set(
        own
          .filter(({ type, origin }) => type.kind === 'integer' && origin === 'import')
          .map(({ path }) => path),
      ),
      roomForFields: Math.max(0, mostOwnFields - own.length),
      limits: this.#parts.limits,
      folder: this.#work,
    });
  }

  async #publishFragment(read: ReadBatch): Promise<Omit<Fragment, 'seq'>> {
    const { fragments } = this.#parts.files;
    const { batch, entity } = this.#request;
    // A batch that failed may come again under its id; what it left before stays whole until the commit.
    const attempt = this.#parts.newId();
    return {
      batchId: batch.id,
      entity,
      file: await this.#publish(read.rowsFile, fragments, `${batch.id}-${attempt}.parquet`),
      rejectsFile: await this.#publish(
        read.rejectsFile,
        fragments,
        `${batch.id}-${attempt}.rejected.parquet`,
      ),
      columns: read.columns,
    };
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

  async #build(fragment: Omit<Fragment, 'seq'>, schema: UnionSchema): Promise<Generation> {
    const { catalog, files, limits, snapshot, newId } = this.#parts;
    const older = (await catalog.fragments()).filter(({ batchId }) => batchId !== fragment.batchId);
    const all = [...older, { ...fragment, seq: (older.at(-1)?.seq ?? 0) + 1 }];
    const target = join(this.#work, 'generation.duckdb');
    const counts = await buildGeneration({
      fragments: all.flatMap((each) =>
        each.file === undefined ? [] : [{ ...each, path: join(files.fragments, each.file) }],
      ),
      schema,
      target,
      fragmentFolder: files.fragments,
      limits,
      signal: this.#request.signal,
    });
    const number = (snapshot.generation?.number ?? 0) + 1;
    // The number alone could be that of a file which a failed attempt left and somebody still reads.
    const file = await this.#publish(target, files.generations, `${number}-${newId()}.duckdb`);
    return { number, file, ...counts };
  }

  async #remap(generation: Generation): Promise<string | undefined> {
    const { files, limits, snapshot, newId } = this.#parts;
    if (snapshot.generation === undefined || snapshot.sources.length === 0) return undefined;
    const target = join(this.#work, 'memberships.duckdb');
    await remapMemberships({
      sources: snapshot.sources,
      oldGeneration: snapshot.generation.path,
      newGeneration: join(files.generations, generation.file),
      target,
      limits,
      signal: this.#request.signal,
    });
    return this.#publish(target, files.memberships, `${newId()}.duckdb`);
  }

  /** Progress is told in rows, each step a share of them. */
  async #step(): Promise<void> {
    this.#stepsDone += 1;
    const done = Math.floor((this.#rows * this.#stepsDone) / steps);
    await this.#request.onProgress?.({ done, total: this.#rows });
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
  const widened = kept
    .filter((field) => field.entity === entity && read.widenedPaths.has(field.path))
    .map((field): KeptField => ({ ...field, type: { kind: 'number' } }));
  return [...widened, ...read.newFields.map((field): KeptField => ({ ...field, origin: 'import' }))];
}

const descriptions: Readonly<Record<string, string>> = {
  'invalid-json': 'Lines that are not JSON.',
  'not-an-object': 'Lines that are JSON, but not an object.',
  'no-identity': 'Rows without any identity.',
  'invalid-identity': 'Rows whose identities cannot be used.',
  'wrong-type': 'Rows with a value of another type than the schema says.',
  'no-timestamp': 'Events without a timestamp.',
  'too-large': 'Rows that are too large.',
};

function closedBatch({ batch, at }: IngestRequest, read: ReadBatch): Batch {
  const errors = read.rejectedByCode.map(({ code, count, rows }) => ({
    code,
    description: `${descriptions[code] ?? 'Rows that were rejected.'} (${count})`,
    rows,
  }));
  const empty = { code: 'no-rows', description: 'The batch has no row.', rows: [] };
  return {
    ...batch,
    status: read.accepted > 0 ? 'success' : 'failed',
    recordCount: read.accepted,
    failedRecordCount: read.rejected,
    errors: read.accepted === 0 && errors.length === 0 ? [empty] : errors,
    files: [],
    updatedAt: at,
    completedAt: at,
  };
}
