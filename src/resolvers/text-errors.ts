import { invalidInput } from './user-errors';
import type { UserError } from '../schema/user-error.type';

/** What cannot be the name of a thing anywhere; how long one may be is the upstream's to say. */
export function findNameErrors(name: string, field: readonly string[], missing: string): UserError[] {
  if (name.trim() === '') return [invalidInput(field, missing)];
  if (/\p{Cc}/u.test(name)) return [invalidInput(field, 'A name must not hold control characters.')];
  if (/\p{Surrogate}/u.test(name))
    return [invalidInput(field, 'The name holds half a character (a lone surrogate).')];
  return [];
}

/** What cannot be a dotted path in any schema: paths are sent in one text, with commas between. */
export function findPathErrors(
  paths: readonly string[] | null | undefined,
  field: readonly string[],
): UserError[] {
  return (paths ?? []).flatMap((path, index) =>
    /^[^\s,.]+(?:\.[^\s,.]+)*$/u.test(path)
      ? []
      : [
          invalidInput(
            [...field, String(index)],
            'This is no path: names with one dot between are, e.g. person.name.firstName.',
          ),
        ],
  );
}
