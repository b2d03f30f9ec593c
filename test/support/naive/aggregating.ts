import type { AggregateName } from '../../../src/pql/ast';
import { isScalar, orderOf } from './comparing';
import type { List, Scalar, Value } from './values';
import { flatten } from './values';

/** Items without a value are passed over. Of nothing the sum is 0, everything else null. */
export function aggregated(name: AggregateName, values: List): Value {
  const scalars = flatten(values).filter(isScalar);
  switch (name) {
    case 'sum':
      return total(scalars);
    case 'average':
      return scalars.length === 0 ? null : total(scalars) / scalars.length;
    case 'min':
      return [...scalars].sort(orderOf)[0] ?? null;
    case 'max':
      return [...scalars].sort(orderOf).at(-1) ?? null;
  }
}

function total(scalars: readonly Scalar[]): number {
  return scalars.reduce<number>((sum, value) => {
    if (typeof value !== 'number') throw new Error('Only numbers have a sum');
    return sum + value;
  }, 0);
}
