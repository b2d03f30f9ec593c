import { coerce } from '../check/coercion';
import type { Checker } from '../check/checker';
import { compareValues } from '../check/comparison';
import { overElements } from '../check/collections';
import type { Typed } from '../typed-tree';
import { booleanType } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { Emit, FunctionCall, PqlFunction } from './pql-function';

const textType = { kind: 'string' } as const;

/**
 * Functions on text. All, the negative ones too, are false when either side is null. Source: docs/pql.md,
 * "Values".
 */
export const textFunctions: readonly PqlFunction[] = [
  textTest('startsWith', 'text starts with prefix', ([text, part]) => `starts_with(${text}, ${part})`),
  textTest(
    'doesNotStartWith',
    'text does not start with prefix',
    ([text, part]) => `NOT starts_with(${text}, ${part})`,
  ),
  textTest('endsWith', 'text ends with suffix', ([text, part]) => `ends_with(${text}, ${part})`),
  textTest(
    'doesNotEndWith',
    'text does not end with suffix',
    ([text, part]) => `NOT ends_with(${text}, ${part})`,
  ),
  textTest('contains', 'text contains part', ([text, part]) => `contains(${text}, ${part})`),
  textTest(
    'doesNotContain',
    'text does not contain part',
    ([text, part]) => `NOT contains(${text}, ${part})`,
  ),
  equality('equals', '=', 'As `=`; without case when the flag is false'),
  equality('notEqualTo', '!=', 'As `!=`; without case when the flag is false'),
  {
    name: 'like',
    form: 'operator',
    signature: 'text like pattern',
    documentation:
      '`%` is any run of characters, `_` one; the whole text; case-sensitive; a backslash is ordinary',
    arity: [2, 2],
    check: null,
    emit: nonNull(([text, pattern]) => `${text} LIKE ${pattern}`),
  },
  {
    name: 'lowerCase',
    form: 'operator',
    signature: '',
    documentation: 'Both sides of a test whose case flag is false',
    arity: [1, 1],
    check: null,
    emit: ([text]) => `lower(${text})`,
  },
];

function nonNull(emit: (args: readonly string[]) => string): Emit {
  return (args) => `COALESCE(${emit(args)}, FALSE)`;
}

function textTest(
  name: string,
  documentation: string,
  emit: (args: readonly string[]) => string,
): PqlFunction {
  const part = /Start/i.test(name) ? 'prefix' : /End/i.test(name) ? 'suffix' : 'part';
  return {
    name,
    form: 'method',
    signature: `text.${name}(${part}[, caseSensitive])`,
    documentation: `True when ${documentation}`,
    arity: [1, 2],
    check: (call, checker) => checkTextTest(call, checker),
    emit: nonNull(emit),
  };
}

function checkTextTest(call: FunctionCall, checker: Checker): Typed {
  const caseSensitive = caseFlag(call, checker);
  return overElements({
    operands: operandsOf(call, checker),
    span: call.span,
    checker,
    build: (operands) => {
      const [receiver] = operands;
      if (receiver !== undefined && !['text', 'null', 'unknown'].includes(familyOf(receiver.type))) {
        const problem = `"${call.name}" is a function of text, not of ${nameType(receiver.type)}.`;
        return checker.error('type-mismatch', call.span, { problem });
      }
      const args = operands
        .map((value) => coerce({ value, target: textType, span: call.span }, checker))
        .map((value) => (caseSensitive ? value : lowerCase(value)));
      return { kind: 'apply', type: booleanType, form: 'method', name: call.name, args };
    },
  });
}

function equality(name: string, operator: '=' | '!=', documentation: string): PqlFunction {
  return {
    name,
    form: 'method',
    signature: `value.${name}(other[, caseSensitive])`,
    documentation,
    arity: [1, 2],
    check: (call, checker) => {
      const caseSensitive = caseFlag(call, checker);
      const operands = operandsOf(call, checker);
      return compareValues({ operator, operands, span: call.span, ignoreCase: !caseSensitive }, checker);
    },
  };
}

function operandsOf(call: FunctionCall, checker: Checker): readonly Typed[] {
  const [other] = call.args;
  if (call.receiver === null || other === undefined) throw new Error('Invariant broken: arity was checked');
  if (other.kind === 'lambda') {
    const problem = `"${call.name}" takes a value, not a lambda.`;
    return [call.receiver, checker.error('type-mismatch', other.span, { problem })];
  }
  return [call.receiver, checker.value(other, call.scope)];
}

/** The flag is written down as true or false; it is true when left out. */
function caseFlag(call: FunctionCall, checker: Checker): boolean {
  const flag = call.args[1];
  if (flag === undefined) return true;
  if (flag.kind === 'literal' && flag.type === 'boolean') return flag.value;
  const problem = `The case flag of "${call.name}" is written as true or false.`;
  checker.error('type-mismatch', flag.span, { problem });
  return true;
}

/** Text without the difference of capitals (Unicode, not ASCII alone). */
export function lowerCase(value: Typed): Typed {
  return { kind: 'apply', type: textType, form: 'operator', name: 'lowerCase', args: [value] };
}
