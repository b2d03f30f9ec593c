import { assertNever } from '../lib/assert';
import type { XdmType } from './union-schema';

/**
 * Writes a type as people write it in a command: `integer`, `string[]`, `map<number>`, `{brand: string, doors: integer}[]`.
 * `parseTypeText` reads it back.
 */
export function typeText(type: XdmType): string {
  switch (type.kind) {
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'datetime':
    case 'date':
      return type.kind;
    case 'array':
      return `${typeText(type.items)}[]`;
    case 'map':
      return `map<${typeText(type.values)}>`;
    case 'object':
      return `{${Object.entries(type.fields)
        .map(([name, field]) => `${name}: ${typeText(field)}`)
        .join(', ')}}`;
    default:
      return assertNever(type);
  }
}

const scalars = ['string', 'integer', 'number', 'boolean', 'datetime', 'date'] as const;
const mostLevels = 20;

/** What a text may say, for messages. */
export const typeTextHelp =
  'a type is string, integer, number, boolean, date or datetime; TYPE[] is a list, map<TYPE> a map with text keys, {name: TYPE, …} an object';

/** Reads what `typeText` writes; undefined where it is none. */
export function parseTypeText(text: string): XdmType | undefined {
  const tokens = text.match(/[A-Za-z_][A-Za-z0-9_]*|\[\s*\]|\S/gu) ?? [];
  const reader: Reader = { tokens, at: 0 };
  const type = readType(reader, 0);
  return reader.at === tokens.length ? type : undefined;
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

function readType(reader: Reader, level: number): XdmType | undefined {
  if (level > mostLevels) return undefined;
  let type = readPlainType(reader, level);
  for (let lists = 0; type !== undefined && isListMark(reader.tokens[reader.at]); lists += 1) {
    if (level + lists > mostLevels) return undefined;
    type = { kind: 'array', items: type };
    reader.at += 1;
  }
  return type;
}

function isListMark(token: string | undefined): boolean {
  return token?.startsWith('[') === true && token.endsWith(']');
}

function readPlainType(reader: Reader, level: number): XdmType | undefined {
  const word = next(reader);
  if (word === '{') return readFields(reader, level);
  if (word === 'map') {
    if (next(reader) !== '<') return undefined;
    const values = readType(reader, level + 1);
    return values !== undefined && next(reader) === '>' ? { kind: 'map', values } : undefined;
  }
  const kind = scalars.find((scalar) => scalar === word);
  return kind === undefined ? undefined : { kind };
}

function readFields(reader: Reader, level: number): XdmType | undefined {
  const fields: [string, XdmType][] = [];
  for (;;) {
    const name = next(reader);
    if (name === undefined || !isFieldName(name) || next(reader) !== ':') return undefined;
    const type = readType(reader, level + 1);
    if (type === undefined || fields.some(([other]) => other === name)) return undefined;
    fields.push([name, type]);
    const end = next(reader);
    if (end === '}') return { kind: 'object', fields: Object.fromEntries(fields) };
    if (end !== ',') return undefined;
  }
}

/** `__proto__` is taken: too much of what handles an object knows it as something else. */
function isFieldName(word: string): boolean {
  return /^[A-Za-z_]\w*$/u.test(word) && word !== '__proto__';
}

function next(reader: Reader): string | undefined {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  return token;
}
