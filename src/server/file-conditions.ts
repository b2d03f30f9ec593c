import type { IncomingHttpHeaders } from 'node:http';
import type { FileAnswer } from '../datasources/rest-call';

/**
 * What the conditions of a request for a file come to, in the order of RFC 9110 (13.2.2): 412 where the file is another
 * one than the client goes on with, 304 where the client has it, null where it is to be sent. A date counts only where the
 * file has one, and only where no tag is asked about.
 */
export function judgeConditions(
  asked: IncomingHttpHeaders,
  { status, headers: { etag, 'last-modified': lastModified } }: Pick<FileAnswer, 'status' | 'headers'>,
): 304 | 412 | null {
  if (status >= 400) return null;
  const changedAt = dateOf(lastModified);
  if (asked['if-match'] !== undefined) {
    if (!isNamed(asked['if-match'], etag, 'strong')) return 412;
  } else if (isAfter(changedAt, dateOf(asked['if-unmodified-since'])) === true) return 412;
  const unless = asked['if-none-match'];
  if (unless !== undefined) return isNamed(unless, etag, 'weak') ? 304 : null;
  return isAfter(changedAt, dateOf(asked['if-modified-since'])) === false ? 304 : null;
}

/** `*` names whatever is there. A weak tag tells nothing of bytes, so it names none strongly. */
function isNamed(list: string, etag: string | undefined, comparison: 'strong' | 'weak'): boolean {
  if (list.trim() === '*') return true;
  if (etag === undefined) return false;
  const tags = list.split(',').map((tag) => tag.trim());
  if (comparison === 'strong') return !etag.startsWith('W/') && tags.includes(etag);
  const bare = (tag: string): string => tag.replace(/^W\//, '');
  return tags.some((tag) => bare(tag) === bare(etag));
}

/** Null where either date is missing or none: then the condition is as if not there. */
function isAfter(changedAt: number | null, asked: number | null): boolean | null {
  return changedAt === null || asked === null ? null : changedAt > asked;
}

function dateOf(text: string | undefined): number | null {
  const ms = text === undefined || !/[a-z]/i.test(text) ? NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
