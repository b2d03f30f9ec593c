import type { UnionSchema } from '../../../xdm/union-schema';
import type { BatchFile, ExportJob } from '../../records';
import type { SqlParameters } from './sample-session';

/**
 * One state of the data for the length of an export. Tables: `profile` (with `#set`) and `event` with the columns of `columnsOf`,
 * `owner("#pid", "set")`, `namespace_set("set", code)`, and `membership(segment_id, "#pid", status, qualified_at)` with the status as a word.
 * Tables of its own are temporary, in `temp.main`, and go with the session.
 */
export interface ExportSession {
  readonly schema: UnionSchema;
  /** Paths of columns that hold anything. */
  readonly presentPaths: { readonly profile: ReadonlySet<string>; readonly event: ReadonlySet<string> };
  /** @throws AbortError when the signal of the session fires, as all that follow. */
  run(sql: string, parameters?: SqlParameters): Promise<void>;
  rows(sql: string, parameters?: SqlParameters): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Writes the rows of a SELECT as SNAPPY Parquet to a file that is not kept before `commit`. */
  writeParquet(file: {
    readonly batchId: string;
    readonly name: string;
    readonly select: string;
  }): Promise<WrittenFile>;
  /**
   * In one transaction: these batches become `success`, those of the dataset's former exports `deleted`, the job
   * SUCCEEDED. Undefined, and no file left, when the job was no longer PROCESSING.
   */
  commit(outcome: ExportOutcome): Promise<ExportJob | undefined>;
  /** Removes what was written and not committed. */
  close(): Promise<void>;
}

export interface ExportOutcome {
  readonly jobId: number;
  readonly datasetId: string;
  readonly batches: readonly { readonly id: string; readonly files: readonly BatchFile[] }[];
  /** Rows written, over all batches. */
  readonly exportedProfiles: number;
  readonly byNamespace: Readonly<Record<string, number>>;
}

export interface WrittenFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly rowCount: number;
}
