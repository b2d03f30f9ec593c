import type { Access, AccessStep } from '../ast';
import type { Typed } from '../typed-tree';
import { nameType } from '../value-types';
import { checkMethod } from './calls';
import type { Checker, CheckRule, Scope } from './checker';
import { elementsOf, filtered, insideItem, isList, listFrom, present } from './collections';
import { isChoiceOfParts, ofEachBranch } from './conditional';
import { memberOf } from './names';

/** Each filter and function in a row is a level of the checked tree, and of the SQL. */
const mostCalls = 100;

/** A row of `.member`, `.method(…)` and `[filter]`, from the left. */
export const checkAccess: CheckRule<Access> = (node, scope, checker) => {
  if (node.steps.filter(({ kind }) => kind !== 'member').length > mostCalls) {
    const why = `more than ${mostCalls} filters and functions stand in a row.`;
    return checker.error('too-complex', node.span, { why });
  }
  return node.steps.reduce<Typed>(
    (owner, step) => checkStep(owner, step, scope, checker),
    checker.value(node.base, scope),
  );
};

function checkStep(owner: Typed, step: AccessStep, scope: Scope, checker: Checker): Typed {
  switch (step.kind) {
    case 'member':
      return memberOf({ owner, name: step.name, span: step.span, scope }, checker);
    case 'method':
      return checkMethod({ receiver: owner, ...step, scope }, checker);
    case 'filter': {
      if (owner.type.kind === 'unknown') return owner;
      if (isChoiceOfParts(owner)) {
        return ofEachBranch(owner, (branch) => checkStep(branch, step, scope, checker), step.span, checker);
      }
      if (!isList(owner)) {
        const problem = `Only a list can be filtered with […], not ${nameType(owner.type)}.`;
        return checker.error('type-mismatch', step.span, { problem });
      }
      const elements = present(elementsOf(owner, checker));
      const inside = insideItem(step.condition, elements, scope, checker);
      const condition = checker.test(inside.expression, inside.scope);
      return listFrom(filtered(elements, condition));
    }
  }
}
