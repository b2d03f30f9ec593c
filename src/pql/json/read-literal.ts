import type { Expression } from '../ast';
import { shortened } from '../diagnostics';
import { child, describe } from './place';
import type { Place, Reader } from './reader';
import { nowhere } from './reader';
import type { Scope } from './scope';

/** A literal by its type, in either spelling; numbers may come as texts. */
export function readLiteral(place: Place, scope: Scope, reader: Reader): Expression {
  const typePlace = child(place, 'literalType');
  const value = child(place, 'value');
  const type = typeof typePlace.value === 'string' ? typePlace.value.toLowerCase() : undefined;
  switch (type) {
    case 'string':
      return typeof value.value === 'string'
        ? { kind: 'literal', span: nowhere, type: 'string', value: value.value }
        : reader.fault(value, `A literal of type String has a text, not ${describe(value)}.`);
    case 'integer':
    case 'long':
      return readNumber(value, 'integer', reader);
    case 'double':
    case 'float':
      return readNumber(value, 'double', reader);
    case 'boolean':
      return readBoolean(value, reader);
    case 'null':
      return { kind: 'literal', span: nowhere, type: 'null', value: null };
    case 'list': {
      const items = reader.readArray(value, 'the value of a literal of type List');
      return { kind: 'list', span: nowhere, items: items.map((item) => reader.readValue(item, scope)) };
    }
    case 'xdmobject':
      return value.value === 'profile'
        ? { kind: 'parameter', span: nowhere, position: 1 }
        : reader.fault(value, 'The only XDMObject of a rule is "profile".');
    default:
      return reader.fault(
        typePlace,
        'A literal has a literalType: String, Integer, Double, Boolean, Null, List or XDMObject.',
      );
  }
}

const wholeNumber = /^-?[0-9]+$/;
const anyNumber = /^-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

function readNumber(place: Place, type: 'integer' | 'double', reader: Reader): Expression {
  const { value } = place;
  const pattern = type === 'integer' ? wholeNumber : anyNumber;
  if (typeof value !== 'string' && typeof value !== 'number') {
    return reader.fault(place, `This is no number, but ${describe(place)}.`);
  }
  const number = typeof value === 'number' || pattern.test(value) ? Number(value) : NaN;
  if (type === 'integer' ? !Number.isSafeInteger(number) : !Number.isFinite(number)) {
    // As it was written: a text may say more digits than a number has.
    return reader.fault(place, `${shortened(JSON.stringify(value))} is no ${type} that a rule can hold.`);
  }
  return signedLiteral(number, type);
}

/** A minus before a number is an operator in text. */
export function signedLiteral(number: number, type: 'integer' | 'double'): Expression {
  const literal = { kind: 'literal' as const, span: nowhere, type, value: Math.abs(number) };
  return number < 0 ? { kind: 'negation', span: nowhere, operand: literal } : literal;
}

function readBoolean(place: Place, reader: Reader): Expression {
  const words: readonly unknown[] = [true, false, 'true', 'false'];
  if (!words.includes(place.value)) return reader.fault(place, 'A literal of type Boolean is true or false.');
  return { kind: 'literal', span: nowhere, type: 'boolean', value: String(place.value) === 'true' };
}

/** A plain JSON value as the literal that it says; undefined of an object. */
export function readPlain(place: Place, scope: Scope, reader: Reader): Expression | undefined {
  const { value } = place;
  if (value === null) return { kind: 'literal', span: nowhere, type: 'null', value };
  switch (typeof value) {
    case 'string':
      return { kind: 'literal', span: nowhere, type: 'string', value };
    case 'boolean':
      return { kind: 'literal', span: nowhere, type: 'boolean', value };
    case 'number':
      if (!Number.isFinite(value)) return reader.fault(place, 'This number is too large.');
      return signedLiteral(value, Number.isSafeInteger(value) ? 'integer' : 'double');
    default:
      break;
  }
  if (!Array.isArray(value)) return undefined;
  const items = value.map((_, index) => reader.readValue(child(place, index), scope));
  return { kind: 'list', span: nowhere, items };
}
