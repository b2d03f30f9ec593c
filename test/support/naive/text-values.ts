import { RE2JS } from 're2js';
import { textFrom } from './comparing';
import type { Value } from './values';
import { leavesOf } from './values';

/** The texts of a value: of a list each item's; of null none, so that no test of text is true of it. */
export function textsOf(value: Value): readonly string[] {
  return leavesOf(value)
    .map(textFrom)
    .filter((text) => text !== null);
}

/** Somewhere in the text: a pattern is searched for, it need not be the whole. */
export function findsPattern(text: string, pattern: string): boolean {
  return RE2JS.compile(pattern).matcher(text).find();
}

/** What a group of the first find took; null without a find, or when the group took no part in it. */
export function groupOf(text: string, pattern: string, group: number): string | null {
  const matcher = RE2JS.compile(pattern).matcher(text);
  return matcher.find() ? (matcher.group(group) ?? null) : null;
}
