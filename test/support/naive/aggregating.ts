import type { AggregateName } from '../../../src/pql/ast';
import { isScalar, orderOf } from './comparing';
import type { List, Scalar, Value } from './values';
import { flatten } from './values';

/** Items without a value are passed over. Of nothing the sum is 0, everything else null; so is what is no number. */
export function aggregated(name: AggregateName, values: List): Value {
  const scalars = flatten(values).filter(isScalar);
  switch (name) {
    case 'sum':
      return total(scalars);
    case 'average':
      return divided(total(scalars), scalars.length);
    case 'min':
      return [...scalars].sort(orderOf)[0] ?? null;
    case 'max':
      return [...scalars].sort(orderOf).at(-1) ?? null;
  }
}

function divided(sum: number | null, count: number): number | null {
  return sum === null || count === 0 ? null : sum / count;
}

function total(scalars: readonly Scalar[]): number | null {
  const sum = scalars.reduce<number>((before, value) => {
    if (typeof value !== 'number') throw new Error('Only numbers have a sum');
    return before + value;
  }, 0);
  return Number.isNaN(sum) ? null : sum;
}
