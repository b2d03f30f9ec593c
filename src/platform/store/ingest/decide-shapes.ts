import type { BatchToRead } from './batch-to-read';
import { FieldCensus, type FieldDecisions } from './decide-fields';
import { addSketch, createFoundField } from './found-type';
import type { LoadedParts } from './load-parts';
import { findMisfit, type KnownSchema } from './misfit';
import { whyWrong } from './shape-book';
import { hasFraction } from './spelling';

export interface ShapeDecisions extends FieldDecisions {
  /** Shapes whose rows are rejected, and why. */
  readonly wrongShapes: ReadonlyMap<number, string>;
  /** Shapes of rows with fractions that become texts. */
  readonly spelledShapes: readonly number[];
}

/** Decides, from the shapes of all rows, which rows contradict the schema or most other rows, and which fields the others bring. */
export function decideShapes(batch: BatchToRead, { book, shapeRows }: LoadedParts): ShapeDecisions {
  const isLenient = batch.format === 'csv' || batch.format === 'parquet';
  const schema: KnownSchema = { entity: batch.schema, guessed: batch.guessed, isLenient };
  const shapes = [...shapeRows].flatMap(([id, rows]) => {
    const sketch = book.sketches[id];
    return sketch === undefined || sketch === null ? [] : [{ id, rows, sketch }];
  });
  const all = book.overflow?.all ?? createFoundField();
  if (book.overflow === undefined) {
    for (const { sketch, rows } of shapes)
      if (findMisfit(sketch, schema) === undefined) addSketch(all, sketch, rows);
  }
  const wrongShapes = new Map<number, string>();
  const census = new FieldCensus({
    entity: batch.schema,
    entityName: batch.entity,
    guessed: batch.guessed,
    isLenient,
    roomForFields: batch.roomForFields,
  });
  for (const { id, sketch, rows } of shapes) {
    const reason = whyWrong(sketch, { all, schema });
    if (reason === undefined) census.add(sketch, rows);
    else wrongShapes.set(id, reason);
  }
  if (book.overflow !== undefined) census.addAll(book.overflow.late);
  const decided = census.decide();
  const spelled = decided.leaves.filter(({ isSpelled }) => isSpelled === true).map(({ path }) => path);
  const spelledShapes =
    spelled.length === 0
      ? []
      : [0, ...shapes.filter(({ sketch }) => hasFraction(sketch, spelled)).map(({ id }) => id)];
  return { ...decided, wrongShapes, spelledShapes };
}
