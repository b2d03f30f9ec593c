import { dirname } from 'node:path';
import type { FieldDefinition, XdmType } from '../../../xdm/union-schema';
import { openEngine } from '../engine/engine';
import type { BatchToRead } from './batch-to-read';
import type { FieldNote } from './decide-fields';
import { decideShapes, type ShapeDecisions } from './decide-shapes';
import { extractPart } from './extract-part';
import type { ExtractedColumn } from './extraction';
import { loadParts } from './load-parts';
import { OpenTexts } from './open-texts';
import { writeFragment, writeRejects, type RejectedCode } from './write-fragment';

/** What became of a batch: files in `folder` that have their final names only after `publish`. */
export interface ReadBatch {
  /** Typed rows, part by part: `#row`, `#key`, `#ids`, `#ingested_at` and the columns. None when no row was good. */
  readonly rowsFiles: readonly string[];
  readonly rejectsFile: string | undefined;
  readonly columns: readonly { readonly column: string; readonly path: string; readonly type: XdmType }[];
  readonly accepted: number;
  readonly rejected: number;
  readonly rejectedByCode: readonly RejectedCode[];
  readonly newFields: readonly FieldDefinition[];
  /** Fields that are not, or only in part, at hand. */
  readonly notes: readonly FieldNote[];
}

/**
 * Reads uploaded files into typed rows and rejected ones, in two passes over parts of bounded size: the first learns what
 * the rows hold, the second reads it out.
 */
export async function readBatch(batch: BatchToRead): Promise<ReadBatch> {
  const { limits, signal, folder } = batch;
  const uploads = [...new Set(batch.files.map((path) => dirname(path)))];
  const engine = await openEngine({ limits, signal, folders: [folder, ...uploads] });
  try {
    const loaded = await loadParts(engine, batch);
    const decisions = decideShapes(batch, loaded);
    const columns = columnsToRead(batch, decisions);
    const texts = new OpenTexts(columns);
    let accepted = 0;
    for (const [number, part] of loaded.parts.entries()) {
      accepted += await extractPart(engine, { batch, part, number, columns, decisions, texts });
    }
    const parts = loaded.parts.length;
    const typed = columns.map((column) => ({ ...column, finalType: texts.typeOf(column) }));
    const rowsFiles = await writeFragment(engine, { batch, parts, columns: typed });
    const rejects = await writeRejects(engine, { batch, parts });
    return { ...describe(batch, typed), rowsFiles, accepted, ...rejects, notes: decisions.notes };
  } finally {
    engine.close();
  }
}

function columnsToRead(batch: BatchToRead, { leaves }: ShapeDecisions): readonly ExtractedColumn[] {
  const withId =
    batch.entity === 'profile' || leaves.some(({ path }) => path === '_id')
      ? leaves
      : [...leaves, { path: '_id', type: { kind: 'string' } as const, isNew: false }];
  return withId.map((leaf, index) => ({ ...leaf, column: `c${index}` }));
}

function describe(
  { entity }: BatchToRead,
  columns: readonly (ExtractedColumn & { readonly finalType: XdmType })[],
): Pick<ReadBatch, 'columns' | 'newFields'> {
  return {
    columns: columns.map(({ column, path, finalType }) => ({ column, path, type: finalType })),
    newFields: columns
      .filter(({ isNew }) => isNew)
      .map(({ path, finalType }) => ({ entity, path, type: finalType })),
  };
}
