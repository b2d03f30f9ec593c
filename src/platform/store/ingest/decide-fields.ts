import { fieldOf } from '../../../xdm/find-field';
import type { XdmObject, XdmType } from '../../../xdm/union-schema';
import { isPqlName, whyNotHeld } from './field-name';
import {
  addFound,
  addSketch,
  createFoundField,
  findContradiction,
  guessScalar,
  isMap,
  rowsWith,
  structureOf,
  typeOf,
  type FoundField,
  type LeftOut,
} from './found-type';
import { knownLeaf, type LeafToRead } from './known-leaf';
import { ignoredFields } from './misfit';
import { hasSpelling } from './spelling';
import { isItems, type Sketch } from './sketch';

/** A field that is not, or only in part, at hand; its values stay with their rows. */
export interface FieldNote extends LeftOut {
  readonly code: 'field-left-out' | 'field-not-in-rules';
  readonly rows: number;
}

export interface FieldDecisions {
  readonly leaves: readonly LeafToRead[];
  readonly notes: readonly FieldNote[];
}

interface DecisionSchema {
  readonly entity: XdmObject;
  readonly entityName: 'profile' | 'event';
  readonly guessed: ReadonlySet<string>;
  readonly isLenient: boolean;
  /** How many fields may still be added. */
  readonly roomForFields: number;
}

/** Levels of objects that become fields of their own. */
const maxFieldDepth = 20;

/** Collects what good rows hold, and decides which fields they bring. */
export class FieldCensus {
  readonly #root = createFoundField();
  readonly #schema: DecisionSchema;

  constructor(schema: DecisionSchema) {
    this.#schema = schema;
  }

  add(sketch: Sketch, rows: number): void {
    addSketch(this.#root, sketch, rows);
  }

  addAll(found: FoundField): void {
    addFound(this.#root, found);
  }

  decide(): FieldDecisions {
    const visit = new Decision(this.#schema);
    visit.object(this.#root, this.#schema.entity, '');
    return visit.done();
  }
}

/** Rows that contradict most rows in what a field is that the schema does not know. */
export function contradictionOf(
  sketch: Sketch,
  all: FoundField,
  entity: XdmObject,
): ReturnType<typeof findContradiction> {
  return contradictionIn(sketch, { all, type: entity, prefix: '' });
}

interface ContradictionPlace {
  readonly all: FoundField;
  readonly type: XdmObject;
  readonly prefix: string;
}

function contradictionIn(sketch: Sketch, place: ContradictionPlace): ReturnType<typeof findContradiction> {
  if (sketch === null || typeof sketch === 'string' || isItems(sketch)) return undefined;
  for (const [name, value] of Object.entries(sketch)) {
    const known = fieldOf(place.type, name);
    const all = place.all.fields.get(name);
    const path = `${place.prefix}${name}`;
    if (all === undefined || (known !== undefined && known.kind !== 'object')) continue;
    const found =
      known === undefined
        ? findContradiction(value, all, path)
        : contradictionIn(value, { all, type: known, prefix: `${path}.` });
    if (found !== undefined) return found;
  }
  return undefined;
}

class Decision {
  readonly #leaves: LeafToRead[] = [];
  readonly #notes: FieldNote[] = [];
  readonly #schema: DecisionSchema;
  #added = 0;

  constructor(schema: DecisionSchema) {
    this.#schema = schema;
  }

  done(): FieldDecisions {
    return { leaves: this.#leaves, notes: this.#notes };
  }

  object(found: FoundField, type: XdmObject, prefix: string): void {
    this.#more(found, prefix);
    for (const [name, field] of found.fields) {
      const path = `${prefix}${name}`;
      const known = fieldOf(type, name);
      if (rowsWith(field) === 0) continue;
      if (prefix === '' && ignoredFields.has(name)) {
        this.#note(path, field, 'the platform itself keeps it');
      } else if (known === undefined) this.#unknown(field, path, name);
      else if (known.kind === 'object') this.object(field, known, `${path}.`);
      else this.#known(field, known, path);
    }
  }

  #known(field: FoundField, type: XdmType, path: string): void {
    const isNested = type.kind === 'array' || type.kind === 'map';
    const leaf = knownLeaf(type, field, this.#schema.guessed.has(path));
    const reading = isNested && this.#schema.isLenient ? 'text' : 'value';
    this.#leaves.push({ path, isNew: false, reading, ...leaf, isSpelled: this.#isSpelled(field, leaf.type) });
    this.#unknownItems(field, type, path);
  }

  /** Fields of the items of a known list or map that the schema does not give them. */
  #unknownItems(field: FoundField, type: XdmType, path: string): void {
    if (type.kind === 'array' && field.items !== undefined) {
      this.#unknownItems(field.items, type.items, `${path}[]`);
    } else if (type.kind === 'map') {
      for (const [name, value] of field.fields) this.#unknownItems(value, type.values, `${path}.${name}`);
    } else if (type.kind === 'object') {
      for (const [name, inner] of field.fields) {
        const known = fieldOf(type, name);
        if (known !== undefined) this.#unknownItems(inner, known, `${path}.${name}`);
        else if (rowsWith(inner) > 0)
          this.#note(`${path}.${name}`, inner, 'the items of this list or map have no such field');
      }
    }
  }

  #unknown(field: FoundField, path: string, name: string): void {
    const why = this.#whyNotHeld(path, name);
    if (why !== undefined) this.#note(path, field, why);
    else if (structureOf(field) === 'object' && !isMap(field)) {
      this.#more(field, `${path}.`);
      for (const [inner, value] of field.fields)
        if (rowsWith(value) > 0) this.#unknown(value, `${path}.${inner}`, inner);
    } else this.#leaf(field, path);
  }

  #whyNotHeld(path: string, name: string): string | undefined {
    if (path === 'xEvent' && this.#schema.entityName === 'profile')
      return '"xEvent" is the word of PQL for the events of a profile';
    if (path.split('.').length > maxFieldDepth) return `it lies more than ${maxFieldDepth} levels deep`;
    return whyNotHeld(name);
  }

  #leaf(field: FoundField, path: string): void {
    if (this.#added >= this.#schema.roomForFields) {
      this.#note(path, field, 'there are too many fields already');
      return;
    }
    const leftOut: LeftOut[] = [];
    const leaf =
      structureOf(field) === 'scalar'
        ? guessScalar(field.scalars)
        : { type: typeOf(field, path, leftOut), candidates: [] };
    for (const each of leftOut) this.#notes.push({ ...each, code: 'field-left-out', rows: rowsWith(field) });
    const { type, candidates } = leaf;
    if (type === undefined) {
      this.#note(path, field, 'its lists and objects are all empty, so that nothing tells its type');
      return;
    }
    if (path.split('.').some((name) => !isPqlName(name)))
      this.#notes.push({
        path,
        why: 'PQL cannot spell its name',
        code: 'field-not-in-rules',
        rows: rowsWith(field),
      });
    this.#added += 1;
    this.#leaves.push({
      path,
      type,
      isNew: true,
      isSpelled: this.#isSpelled(field, type),
      ...(candidates.length === 0 ? {} : { candidates, mustFit: false }),
    });
  }

  /** CSV has texts alone, Parquet no spelling. */
  #isSpelled(field: FoundField, type: XdmType): boolean {
    return !this.#schema.isLenient && hasSpelling(field, type);
  }

  #more(field: FoundField, prefix: string): void {
    if (field.moreRows === 0) return;
    const why = 'there are too many fields already';
    this.#notes.push({ path: `${prefix}*`, why, code: 'field-left-out', rows: field.moreRows });
  }

  #note(path: string, field: FoundField, why: string): void {
    this.#notes.push({ path, why, code: 'field-left-out', rows: rowsWith(field) });
  }
}
