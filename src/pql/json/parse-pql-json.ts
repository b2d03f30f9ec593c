import { isRecord } from '../../lib/is-record';
import type { Query } from '../ast';
import type { PqlDiagnostic } from '../diagnostics';
import { parsePql } from '../parser';
import { printPql } from '../printer';
import { Reporter } from '../reporter';
import { limits } from '../source';
import { deepestReadable, isDeeper, memberOf } from './json-node';
import { nowhere } from './reader';
import { TreeReader } from './tree-reader';

export interface TreeResult {
  /** Null where a diagnostic is an error. Its spans are places in `text`. */
  readonly query: Query | null;
  /** The rule in words, in canonical form; null where there is no query. */
  readonly text: string | null;
  /** Faults of the tree have no place in a text: they stand at its beginning, and name a JSON pointer. */
  readonly diagnostics: readonly PqlDiagnostic[];
}

/**
 * Reads a rule that is a pql/json tree: the tree itself, or the JSON of it. Every dialect that Adobe's documents show is
 * read. Never throws, whatever the value; the limits of text hold for the rule in words. Source: docs/pql.md, "pql/json".
 */
export function parsePqlJson(value: unknown): TreeResult {
  if (typeof value !== 'string') return readTree(value);
  const reporter = new Reporter('');
  if (value.length > limits.jsonUnits) {
    reporter.error('tree-too-large', nowhere, { units: value.length });
    return refused(reporter);
  }
  try {
    const tree: unknown = JSON.parse(value);
    return readTree(tree);
  } catch (failure) {
    if (!(failure instanceof SyntaxError)) throw failure;
    reporter.error('invalid-json', nowhere, {});
    return refused(reporter);
  }
}

function readTree(tree: unknown): TreeResult {
  const reporter = new Reporter('');
  if (isDeeper(tree, deepestReadable)) {
    reporter.error('too-deep', nowhere, {});
    return refused(reporter);
  }
  const query = new TreeReader(reporter).readQuery(tree);
  if (reporter.hasErrors) return refused(reporter);
  const text = printPql(query);
  const reading = parsePql(text);
  if (reading.query !== null) return { query: reading.query, text, diagnostics: [] };
  // Limits, and characters that no text can have.
  for (const { code, message } of reading.diagnostics) {
    if (code === 'text-too-long') reporter.error(code, nowhere, { units: text.length });
    else if (code === 'too-deep') reporter.error(code, nowhere, {});
    else reporter.error('invalid-tree', nowhere, { pointer: '', problem: `In words: ${message}` });
  }
  return refused(reporter);
}

function refused({ diagnostics }: Reporter): TreeResult {
  return { query: null, text: null, diagnostics };
}

/** True of a text that is a tree, whatever it is said to be: an object of JSON that has a nodeType (quirk S-11). */
export function isPqlJson(value: string): boolean {
  if (!value.trimStart().startsWith('{') || value.length > limits.jsonUnits) return false;
  try {
    const tree: unknown = JSON.parse(value);
    return isRecord(tree) && typeof memberOf(tree, 'nodeType') === 'string';
  } catch {
    return false;
  }
}
