import { contradictionOf } from './decide-fields';
import { addSketch, createFoundField, type FoundField } from './found-type';
import { findMisfit, type KnownSchema } from './misfit';
import { shapeHash } from './shape-hash';
import { sketchRow, type Sketch } from './sketch';

/** What is known of a row by its shape. */
export interface Shape {
  /** Rows of one number hold the same kinds of values; 0 where the row was judged by itself. */
  readonly id: number;
  readonly fault: { readonly code: string; readonly reason: string } | undefined;
  readonly repeatsKeys: boolean;
}

/** Shapes beyond these are not remembered: their rows are judged one by one. */
const mostHashes = 200_000;
const mostShapes = 20_000;
const mostShapeBytes = 32 * 1024 * 1024;

const faults: Readonly<Record<string, string>> = {
  'invalid-json': 'The line is not JSON in UTF-8: one object a line is expected.',
  'not-an-object': 'The row is JSON, but not an object. (One list of objects is imported with format json.)',
  'too-deep': 'The row has more than 100 levels.',
};

/** Learns, while rows go by, what shapes they have; the values are not looked at. */
export class ShapeBook {
  readonly #byHash = new Map<number, Shape>();
  readonly #byText = new Map<string, number>();
  readonly #sketches: Sketch[] = [null];
  readonly #schema: KnownSchema;
  #bytes = 0;
  #overflow: Overflow | undefined;

  constructor(schema: KnownSchema) {
    this.#schema = schema;
  }

  /** The shape of the row at these bytes. */
  look(bytes: Buffer, start: number, end: number): Shape {
    const hash = shapeHash(bytes, start, end);
    const known = this.#byHash.get(hash);
    if (known !== undefined) return known;
    const shape = this.#sketch(bytes, start, end);
    // A row that was judged by itself says nothing of the next.
    if (
      this.#byHash.size < mostHashes &&
      (shape.id !== 0 || shape.fault !== undefined) &&
      this.#overflow === undefined
    )
      this.#byHash.set(hash, shape);
    return shape;
  }

  /** The number of a shape that a whole file has. */
  addShape(sketch: Sketch): number {
    return this.#idOf(JSON.stringify(sketch), sketch);
  }

  /** The sketch of each shape, by its number; 0 is none. */
  get sketches(): readonly Sketch[] {
    return this.#sketches;
  }

  /** What the rows before there were too many shapes say, and the good ones after; undefined where there never were. */
  get overflow(): Overflow | undefined {
    return this.#overflow;
  }

  #sketch(bytes: Buffer, start: number, end: number): Shape {
    const row = sketchRow(bytes, start, end);
    if (row.fault !== undefined) {
      return { id: 0, fault: { code: row.fault, reason: faults[row.fault] ?? '' }, repeatsKeys: false };
    }
    const { sketch, repeatsKeys } = row;
    const text = JSON.stringify(sketch);
    const isFull = this.#sketches.length > mostShapes || this.#bytes > mostShapeBytes;
    if (!isFull || this.#byText.has(text))
      return { id: this.#idOf(text, sketch), fault: undefined, repeatsKeys };
    return { id: 0, fault: this.#judge(sketch), repeatsKeys };
  }

  #idOf(text: string, sketch: Sketch): number {
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const id = this.#sketches.length;
    this.#sketches.push(sketch);
    this.#byText.set(text, id);
    this.#bytes += text.length;
    return id;
  }

  #judge(sketch: Sketch): Shape['fault'] {
    this.#overflow ??= { all: allOf(this.#sketches, this.#schema), late: createFoundField() };
    const { all, late } = this.#overflow;
    const reason = whyWrong(sketch, { all, schema: this.#schema });
    if (reason !== undefined) return { code: 'wrong-type', reason };
    addSketch(all, sketch, 1);
    addSketch(late, sketch, 1);
    return undefined;
  }
}

/** What is kept of rows once there are too many shapes to remember them. */
export interface Overflow {
  /** By this it is decided what a field is: no later row changes it. */
  readonly all: FoundField;
  /** Good rows that were judged one by one. */
  readonly late: FoundField;
}

function allOf(sketches: readonly Sketch[], schema: KnownSchema): FoundField {
  const all = createFoundField();
  for (const sketch of sketches) if (findMisfit(sketch, schema) === undefined) addSketch(all, sketch, 1);
  return all;
}

/** Why the schema, or what most rows say of a new field, forbids a row; undefined where they do not. */
export function whyWrong(
  sketch: Sketch,
  { all, schema }: { readonly all: FoundField; readonly schema: KnownSchema },
): string | undefined {
  const misfit = findMisfit(sketch, schema);
  if (misfit !== undefined) return wrongType(misfit.path, misfit.expected);
  const contradiction = contradictionOf(sketch, all, schema.entity);
  if (contradiction === undefined) return undefined;
  const { path, is, isInMost } = contradiction;
  return `The field "${path}" is ${isInMost} in most rows of the batch, and ${is} here.`;
}

/** Words for a value of another type than its field has. */
export function wrongType(path: string, expected: string): string {
  return `The field "${path}" must be of type ${expected}${examples[expected] ?? ''}.`;
}

const examples: Readonly<Record<string, string>> = {
  datetime: ', as 2024-01-31T12:00:00Z is',
};
