import { parseText } from './macro';
import type { Site } from './sites';

const originPattern = /^(https?):\/\/([^/?#\s\\@{}]+)(?=[/?#]|$)/i;
const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;
const fillIn = 'x';

/**
 * The literal origin of a URL with macros, e.g. `https://api.example.com`; undefined where the URL does not begin with
 * one. No macro may choose where a request goes.
 */
export function originOf(url: string): string | undefined {
  const origin = originPattern.exec(url)?.[0];
  if (origin === undefined || !URL.canParse(origin)) return undefined;
  return new URL(origin).origin;
}

/** The origins that a template's host and URLs name. */
export function originsOf(sites: readonly Site[]): ReadonlySet<string> {
  return new Set(
    sites.flatMap(({ place, value }) => {
      const origin =
        (place === 'host' || place === 'url') && typeof value === 'string' ? originOf(value) : undefined;
      return origin === undefined ? [] : [origin];
    }),
  );
}

/** Where plain http may go: to this machine (a simulator), or wherever who sends it is allowed to. */
export type PlainHttp = 'loopback' | 'anywhere';

/**
 * What is wrong with a whole URL of a template; undefined where nothing is. It must be https with a literal host; plain
 * http is for a destination on this machine, named by its loopback address, unless told otherwise.
 */
export function refuseUrl(url: string, plainHttp: PlainHttp = 'loopback'): string | undefined {
  const literal = parseText(url)
    .map((part) => (part.kind === 'macro' ? fillIn : part.text))
    .join('');
  const origin = originPattern.exec(url);
  if (origin === null || !URL.canParse(literal))
    return 'must begin with https:// and a literal host, without user and without macro';
  const isPlain = plainHttp === 'loopback' && origin[1]?.toLowerCase() === 'http';
  if (isPlain && !loopback.test(origin[2] ?? ''))
    return 'must begin with https://; plain http is only for 127.0.0.1, [::1] and localhost';
  if (/[\s\\\p{Cc}]/u.test(literal)) return 'must hold no spaces, backslashes or control characters';
  if (literal.includes('#')) return 'must not hold "#": what follows it is never sent';
  return hasDotSegment(literal) ? 'must not hold "." or ".." as a part of its path' : undefined;
}

/** True where a part of a path is `.` or `..`, in whatever spelling: a client would walk up the path by it. */
export function hasDotSegment(url: string): boolean {
  return pathPartsOf(url).some((part) => /^(?:\.|%2e){1,2}$/i.test(part));
}

function pathPartsOf(url: string): string[] {
  const path = url.replace(originPattern, '').split(/[?#]/, 1)[0] ?? '';
  return path.split('/');
}
