import { invalidInput } from './user-errors';
import type { SegmentSelection } from '../schema/segment-selection.input';
import type { UserError } from '../schema/user-error.type';

/** What GraphQL's @oneOf does not catch: an empty list, and `all: false`. */
export function findSelectionErrors(selection: SegmentSelection, field: readonly string[]): UserError[] {
  if (selection.ids) {
    return selection.ids.length > 0
      ? []
      : [invalidInput([...field, 'ids'], 'Name at least one segment.', 'Every segment is { all: true }.')];
  }
  return selection.all === true
    ? []
    : [
        invalidInput(
          [...field, 'all'],
          '"all" can only be true.',
          'Name the segments with { ids: […] } instead.',
        ),
      ];
}
