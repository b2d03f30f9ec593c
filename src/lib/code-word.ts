import { isPlainWord } from './plain-words';

/** `403010`, `0090000009`; `8.0000018E7`; `UPAPI-113430-404`, `UPS-MRG-1000001`, `EXEG-xxxx`. */
const numbered =
  /^(?:\d{1,10}|\d\.\d{1,9}E\d{1,2}|[A-Z]{2,10}(?:-[A-Z]{2,6})?-(?:\d{3,8}|x{1,6})(?:-\d{3})?)$/;
/** `SEGMENT_NOT_EVALUATED`, `NEARLY_DONE`; a key of a cloud has digits in it. */
const constant = /^(?!AKIA|ASIA)[A-Z]{2,16}(?:_(?:[A-Z]{1,16}|\d{1,3})){0,7}$/;
/** `invalid_client`, `too-deep`, `BadRequestError`, `queued`: made of words. */
const worded = /^[A-Za-z]+(?:[_-][A-Za-z]+){0,5}$/;

/**
 * What another system put where a code or a status belongs, where it looks like one of Adobe's: a number, a numbered code,
 * a constant, or plain words joined; no host, no token, no key.
 */
export function codeWord(value: unknown): string | null {
  const code = typeof value === 'number' ? String(value) : value;
  if (typeof code !== 'string' || code.length > 64) return null;
  if (numbered.test(code)) return code;
  if (constant.test(code)) return code;
  if (!worded.test(code)) return null;
  const words = code.split(/[_-]|(?<=[a-z])(?=[A-Z])/);
  return words.every(isPlainWord) ? code : null;
}

/** The id that another system gave a request: letters and digits, with hyphens; no token or key. */
export function requestIdWord(value: unknown): string | null {
  if (typeof value !== 'string' || !/^[A-Za-z0-9](?:[\w-]{0,62}[A-Za-z0-9])?$/.test(value)) return null;
  return /^(?:eyJ|AKIA|ASIA|sk_|pk_|gh[pousr]_)/.test(value) ? null : value;
}
