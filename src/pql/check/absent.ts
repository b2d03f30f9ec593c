import type { Typed } from '../typed-tree';
import { no } from '../typed-tree';
import type { Checker } from './checker';

/** A test with a null on one side: never true. What stands on the other is still something that the rule reads. */
export function absent(operands: readonly Typed[], checker: Checker): Typed {
  checker.noteReads(operands);
  return no;
}
