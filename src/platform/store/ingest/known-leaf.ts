import type { XdmType } from '../../../xdm/union-schema';
import type { Reading } from '../engine/column-type';
import type { FoundField } from './found-type';

/** A leaf that rows have a value for, and how it is to be read. */
export interface LeafToRead {
  readonly path: string;
  readonly type: XdmType;
  /** Where the type is still open: the types that its texts may have, in the order of preference. */
  readonly candidates?: readonly XdmType[];
  /** True: a text that fits none of them is rejected. False: then all stay texts. */
  readonly mustFit?: boolean;
  readonly reading?: Reading;
  /** True: among its texts are fractions, which are to stay as the file writes them. */
  readonly isSpelled?: boolean;
  readonly isNew: boolean;
}

type KnownLeaf = Pick<LeafToRead, 'type' | 'candidates' | 'mustFit'>;

/** How a field is read that the schema has; a type that an import guessed may grow. */
export function knownLeaf(type: XdmType, found: FoundField, isGuessed: boolean): KnownLeaf {
  if (type.kind === 'array' || type.kind === 'map') return { type: isGuessed ? grown(type, found) : type };
  const { scalars } = found;
  const isText =
    scalars.has('text') ||
    scalars.has('string') ||
    (type.kind === 'integer' && scalars.has('number') && !isGuessed);
  if (isGuessed && type.kind === 'date')
    return { type, candidates: [type, { kind: 'datetime' }], mustFit: true };
  if (isGuessed && type.kind === 'integer') {
    if (isText) return { type, candidates: [type, { kind: 'number' }], mustFit: true };
    return { type: grown(type, found) };
  }
  const isReadFromText = type.kind === 'integer' || type.kind === 'number' || type.kind === 'boolean';
  return isText && isReadFromText ? { type, candidates: [type], mustFit: true } : { type };
}

/**
 * The type with whole numbers as numbers where fractions were found, and days as times, at any depth. Texts are not looked
 * at: within lists and maps they are not read value by value.
 */
function grown(type: XdmType, found: FoundField | undefined): XdmType {
  if (found === undefined) return type;
  switch (type.kind) {
    case 'integer':
      return found.scalars.has('number') ? { kind: 'number' } : type;
    case 'date':
      return found.scalars.has('datetime') ? { kind: 'datetime' } : type;
    case 'array':
      return { kind: 'array', items: grown(type.items, found.items) };
    case 'map':
      return { kind: 'map', values: [...found.fields.values()].reduce(grown, type.values) };
    case 'object':
      return {
        kind: 'object',
        fields: Object.fromEntries(
          Object.entries(type.fields).map(([name, inner]) => [name, grown(inner, found.fields.get(name))]),
        ),
      };
    default:
      return type;
  }
}
