import { createHash } from 'node:crypto';
import { BadCursor } from '../errors/bad-cursor';
import type { TextSeal } from '../lib/text-seal';
import type { Caller } from './caller';

/** Makes and reads the cursors of one caller's lists. */
export interface ListCursors {
  /** @param binding names the list, its filter and its order: a cursor of another one is refused. */
  of(binding: readonly unknown[]): CursorsOfList;
}

export interface CursorsOfList {
  write(place: string): string;
  /** What was written. @throws BadCursor for what this list, of this org and sandbox, has not given. */
  read(cursor: string): string;
}

/**
 * Cursors that nobody can read, make or change: sealed for the caller's org and sandbox, so that another tenant's are
 * refused, but not for his token, which he renews while he pages.
 */
export function bindCursors(seal: TextSeal, { orgId, sandbox }: Caller): ListCursors {
  const context = JSON.stringify(['list cursor', formatVersion, orgId, sandbox]);
  return {
    of: (binding) => {
      const mark = markOf(binding);
      return {
        write: (place) => seal.seal(mark + place, context),
        read: (cursor) => {
          const text = seal.open(cursor, context);
          if (text === null) throw new BadCursor(unknownCursor);
          if (text.slice(0, markLength) !== mark) throw new BadCursor(otherList);
          return text.slice(markLength);
        },
      };
    },
  };
}

/** Goes up when places are written in another way, so that cursors from before are refused and not misread. */
const formatVersion = 2;
const markLength = 12;
const unknownCursor =
  'it is not a cursor that was given to this org and sandbox, or one of a gateway that was since started with another secret';
const otherList = 'it belongs to another list, filter or order';

function markOf(binding: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(binding)).digest('base64url').slice(0, markLength);
}
