import { Refusal } from './refusal';

export interface ByteRange {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

/**
 * Reads a `Range` header of one range in bytes; undefined means the whole: no header, another unit, or several ranges,
 * which RFC 9110 allows to be ignored.
 * @throws Refusal 416 where the range lies outside.
 */
export function readByteRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const [, firstText = '', lastText = ''] = match;
  const first = firstText === '' ? Math.max(0, sizeBytes - Number(lastText)) : Number(firstText);
  const last =
    firstText === '' || lastText === '' ? sizeBytes - 1 : Math.min(Number(lastText), sizeBytes - 1);
  if (firstText !== '' && lastText !== '' && Number(lastText) < first) return undefined;
  if (first <= last) return { first, last };
  const headers = { 'content-range': `bytes */${sizeBytes}` };
  throw new Refusal({
    status: 416,
    code: 'RANGE_NOT_SATISFIABLE',
    message: `The file has ${sizeBytes} bytes; the range lies outside.`,
    headers,
  });
}
