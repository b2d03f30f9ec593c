import type { Argument } from '../ast';
import { absent } from '../check/absent';
import type { Checker, Scope } from '../check/checker';
import { collect, elementsOf, isList, overElements } from '../check/collections';
import { readPattern } from '../regex/pattern';
import type { Span } from '../source';
import type { Constant, Typed } from '../typed-tree';
import { booleanType, reported } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { Emit, FunctionCall, PqlFunction } from './pql-function';

const textType = { kind: 'string' } as const;

const matchesSql: Emit = ([text, pattern]) => `COALESCE(regexp_matches(${text}, ${pattern}), FALSE)`;

/** Regular expressions, matched in linear time. Source: docs/pql.md, "Regular expressions". */
export const regexFunctions: readonly PqlFunction[] = [
  {
    name: 'matches',
    form: 'operator',
    signature: 'text matches pattern',
    documentation: 'True when a part of the text matches the regular expression',
    arity: [2, 2],
    check: null,
    emit: matchesSql,
  },
  {
    name: 'matches',
    form: 'method',
    signature: 'text.matches(pattern)',
    documentation: 'The same as `text matches pattern`',
    arity: [1, 1],
    check: (call, checker) =>
      matchesPattern(
        { text: receiverOf(call), pattern: valueOf(call, 0, checker), ...placeOf(call) },
        checker,
      ),
    emit: matchesSql,
  },
  {
    name: 'regexGroup',
    form: 'method',
    signature: 'text.regexGroup(pattern, group)',
    documentation: 'What a group of the first match holds, 0 the whole match; null without a match',
    arity: [2, 2],
    check: checkGroup,
    // Of all matches the first: the list is empty without one, its items are null where the group took no part.
    emit: ([text, pattern]) => `regexp_extract_all(${text}, ${pattern}, 1)[1]`,
  },
];

export interface PatternTest {
  readonly text: Typed;
  readonly pattern: Typed;
  /** For errors about the text, and about the pattern. */
  readonly span: Span;
  readonly patternSpan: Span;
}

/** `text matches pattern`, once both are checked: any part of the text, of any element of a list. */
export function matchesPattern({ text, pattern, span, patternSpan }: PatternTest, checker: Checker): Typed {
  const known = patternOf({ pattern, span: patternSpan, group: null }, checker);
  if (known === undefined) return reported;
  return overElements({
    operands: [text],
    span,
    checker,
    build: ([element = text]) => {
      if (familyOf(element.type) === 'null') return absent([known], checker);
      if (!isText(element, { name: 'matches', span }, checker)) return reported;
      return { kind: 'apply', type: booleanType, form: 'operator', name: 'matches', args: [element, known] };
    },
  });
}

function checkGroup(call: FunctionCall, checker: Checker): Typed {
  const group = valueOf(call, 1, checker);
  const pattern = valueOf(call, 0, checker);
  const isNumber = group.kind === 'constant' && Number.isInteger(group.value) && Number(group.value) >= 0;
  if (!isNumber) {
    if (group.kind === 'dynamic') return reported;
    const problem = 'The number of the group is written down: a whole number from 0 on.';
    return checker.error('type-mismatch', call.args[1]?.span ?? call.span, { problem });
  }
  const { patternSpan } = placeOf(call);
  const known = patternOf({ pattern, span: patternSpan, group: Number(group.value) }, checker);
  return known === undefined ? reported : groupOf(receiverOf(call), known, call, checker);
}

function groupOf(text: Typed, pattern: Constant, call: FunctionCall, checker: Checker): Typed {
  if (isList(text)) {
    const elements = elementsOf(text, checker);
    return collect({ ...elements, value: groupOf(elements.value, pattern, call, checker) }, checker);
  }
  if (familyOf(text.type) === 'null') return { kind: 'constant', type: textType, value: null };
  if (!isText(text, call, checker)) return reported;
  return { kind: 'apply', type: textType, form: 'method', name: 'regexGroup', args: [text, pattern] };
}

interface WrittenPattern {
  readonly pattern: Typed;
  readonly span: Span;
  /** The group that is asked for; null where none is. */
  readonly group: number | null;
}

/** A pattern must be written down: only then is it known beforehand to be one, and to be matched in linear time. */
function patternOf({ pattern, span, group }: WrittenPattern, checker: Checker): Constant | undefined {
  if (pattern.kind === 'dynamic' && pattern.path === null) return undefined;
  if (pattern.kind !== 'constant' || typeof pattern.value !== 'string') {
    const problem =
      'A regular expression is written down as a text: it cannot be an attribute or be computed.';
    checker.error('type-mismatch', span, { problem });
    return undefined;
  }
  const result = readPattern(pattern.value, group);
  if ('problem' in result) {
    checker.error('invalid-pattern', span, result);
    return undefined;
  }
  // A match that reaches to the end is the only one: finding all matches stays linear.
  const { text } = result.pattern;
  return { kind: 'constant', type: textType, value: group === null ? text : `(?:${text})(?s:.*)` };
}

function isText(value: Typed, { name, span }: { name: string; span: Span }, checker: Checker): boolean {
  if (['text', 'unknown'].includes(familyOf(value.type))) return true;
  const problem = `"${name}" is a function of text, not of ${nameType(value.type)}.`;
  checker.error('type-mismatch', span, { problem });
  return false;
}

function receiverOf({ receiver }: FunctionCall): Typed {
  if (receiver === null) throw new Error('Invariant broken: a method has a receiver');
  return receiver;
}

function placeOf({ args, span }: FunctionCall): { readonly span: Span; readonly patternSpan: Span } {
  return { span, patternSpan: args[0]?.span ?? span };
}

function valueOf(
  call: { args: readonly Argument[]; scope: Scope; name: string },
  at: number,
  checker: Checker,
): Typed {
  const argument = call.args[at];
  if (argument === undefined) throw new Error('Invariant broken: arity was checked');
  if (argument.kind !== 'lambda') return checker.value(argument, call.scope);
  const problem = `"${call.name}" takes a value, not a lambda.`;
  return checker.error('type-mismatch', argument.span, { problem });
}
