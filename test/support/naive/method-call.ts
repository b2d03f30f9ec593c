import type { Value } from './values';

/** A call of a method, with ways to look at its arguments. */
export interface MethodCall {
  readonly name: string;
  readonly argumentCount: number;
  /** An argument as it stands, seen from outside the list. */
  argument(index: number): Value;
  /** The first argument, looked at for an item; or for a key and its value. */
  forItem(...items: readonly Value[]): Value;
}
