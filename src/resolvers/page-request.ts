import { BadUserInput } from '../errors/bad-user-input';
import type { PageRequest } from '../datasources';
import type { PageArgs } from '../schema/page.args';

export const maxPageSize = 100;
const defaultPageSize = 20;

/**
 * A page's arguments as a data source takes them.
 *
 * @throws BadUserInput where `first` is not 1 to 100.
 */
export function toPageRequest(args: PageArgs): PageRequest {
  const first = checkedCount(args.first, defaultPageSize);
  return typeof args.after === 'string' ? { first, after: args.after } : { first };
}

/**
 * A `first` argument; null means the same as left out.
 *
 * @throws BadUserInput where it is not 1 to 100.
 */
export function checkedCount(first: number | null | undefined, byDefault: number): number {
  const count = first ?? byDefault;
  if (count < 1 || count > maxPageSize)
    throw new BadUserInput(`"first" must be 1 to ${maxPageSize}, not ${count}.`);
  return count;
}
