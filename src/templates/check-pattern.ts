import { RE2JS } from 're2js';
import type { TemplateDiagnostic } from './diagnostic';
import type { PathStep } from './macro';

const longestPattern = 1024;
/** Characters of a value that is looked at; a longer one does not match. */
const longestValue = 10_240;
/** Instructions of the matching program: matching takes at most this many steps for each character. */
const largestProgram = 1500;

/** Why a pattern of `validations` cannot be kept: only what RE2 matches in linear time can. */
export function refusePattern(pattern: string, path: readonly PathStep[]): TemplateDiagnostic[] {
  const message = patternProblem(pattern);
  return message === undefined ? [] : [{ code: 'bad-regex', path, message }];
}

/**
 * True where a pattern is found in a value; undefined for a pattern that cannot be used. Takes time in proportion to the
 * value's length.
 */
export function matchesPattern(pattern: string, value: string): boolean | undefined {
  if (patternProblem(pattern) !== undefined) return undefined;
  return value.length <= longestValue && RE2JS.compile(pattern).matcher(value).find();
}

function patternProblem(pattern: string): string | undefined {
  if (pattern.length > longestPattern) return `must not be longer than ${longestPattern} characters`;
  const tooLarge = 'repeats large parts too often: matching it would take too long';
  // Told before it is compiled, which would take long too.
  if (estimateSize(pattern) > largestProgram) return tooLarge;
  try {
    return RE2JS.compile(pattern).programSize() > largestProgram ? tooLarge : undefined;
  } catch (failure) {
    if (!(failure instanceof Error && failure.name.startsWith('RE2JS'))) throw failure;
    // What follows the cause is a piece of the pattern, which may be a secret that came to stand there.
    const cause = failure.message.replace(/^error parsing regexp: /, '').replace(/:\s*`[\s\S]*$/, '');
    return `must be a regular expression without lookaround and back references, matched in linear time: ${cause}`;
  }
}

/** Pieces of a pattern, each counted as often as its repetitions copy it. No more than the program will have, or near it. */
function estimateSize(pattern: string): number {
  const sums = [0];
  let last = 0;
  for (const [token] of pattern.matchAll(tokenPattern)) {
    const repeat = repeatPattern.exec(token);
    if (token === '(') {
      sums.push(0);
      last = 0;
    } else if (token === ')' && sums.length > 1) {
      last = sums.pop() ?? 0;
      sums.push((sums.pop() ?? 0) + last);
    } else if (repeat !== null) {
      const copies = Math.max(1, Number(repeat[1]), Number(repeat[2] ?? 0));
      sums.push((sums.pop() ?? 0) + last * (copies - 1));
      last *= copies;
    } else {
      last = 1;
      sums.push((sums.pop() ?? 0) + 1);
    }
  }
  return sums.reduce((sum, size) => sum + size, 0);
}

/** An escape, a class, a number of repeats, or one character. */
const tokenPattern =
  /\\[pP]\{[^}]*\}|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:[^\]]*:\]|[^\]\\])*\]|\{\d+(?:,\d*)?\}|[\s\S]/g;
const repeatPattern = /^\{(\d+)(?:,(\d*))?\}$/;
