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
  const refuse = (message: string): TemplateDiagnostic[] => [{ code: 'bad-regex', path, message }];
  if (pattern.length > longestPattern) return refuse(`must not be longer than ${longestPattern} characters`);
  try {
    if (RE2JS.compile(pattern).programSize() <= largestProgram) return [];
    return refuse('repeats large parts too often: matching it would take too long');
  } catch (failure) {
    if (!(failure instanceof Error && failure.name.startsWith('RE2JS'))) throw failure;
    const cause = failure.message.replace(/^error parsing regexp: /, '');
    return refuse(
      `must be a regular expression without lookaround and back references, matched in linear time: ${cause}`,
    );
  }
}

/** True where a pattern, which has been checked, is found in a value. Takes time in proportion to the value's length. */
export function matchesPattern(pattern: string, value: string): boolean {
  return value.length <= longestValue && RE2JS.compile(pattern).matcher(value).find();
}
