import type { Option } from 'commander';
import type { AudienceClient } from '../../client';
import type { ExitCode } from '../../errors/command-error';
import type { ProgressOutput } from '../progress';

/** A record of an answer, as it came. */
export type Row = Readonly<Record<string, unknown>>;

/** One column of a table: what stands at a dotted path of a row. */
export interface Column {
  readonly title: string;
  readonly path: string;
  /** A fraction as a percentage; everything else is printed as it is, lists with commas. */
  readonly as?: 'percent';
}

/** An operation of the API, and which of its answer is shown; a test holds both against the schema. */
export interface ApiDocument {
  readonly text: string;
  /** Where the rows stand in the answer, e.g. `result.nodes`. */
  readonly rows: string;
  readonly columns: readonly Column[];
}

export type OutputFormat = 'table' | 'json' | 'jsonl';

/** What a verb is given: its arguments, the way to the gateway, and where to write. */
export interface Call {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly client: AudienceClient;
  readonly format: OutputFormat;
  /** For data. */
  readonly stdout: { write(text: string): unknown };
  /** For progress and notes. */
  readonly stderr: ProgressOutput;
  /** A file's text; "-" is what comes in by standard input. */
  readFile(path: string): Promise<string>;
  readonly signal: AbortSignal;
}

export interface Verb {
  /** As commander reads it: `get <id>`. */
  readonly usage: string;
  readonly description: string;
  readonly options?: readonly Option[];
  readonly documents: readonly ApiDocument[];
  run(call: Call): Promise<ExitCode>;
}

/** One noun of the API with its verbs: `audience <noun> <verb>`. */
export interface Noun {
  readonly name: string;
  readonly description: string;
  readonly verbs: readonly Verb[];
}

/** What stands at a dotted path; undefined where there is nothing. */
export function valueAt(value: unknown, path: string): unknown {
  let here = value;
  for (const step of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Row)[step];
  }
  return here;
}
