import type { FieldDefinition } from '../../../xdm/union-schema';
import type { Batch } from '../../records';
import type { ReportProgress } from './progress';

export interface OwnField extends FieldDefinition {
  /** The type that an import guessed may grow; one that an operator gave stays. */
  readonly origin: 'import' | 'operator';
}

export interface IngestRequest {
  readonly batch: Batch;
  readonly entity: 'profile' | 'event';
  /** Paths of uploaded files, in order. */
  readonly files: readonly string[];
  readonly at: number;
  readonly onProgress?: ReportProgress;
  readonly signal?: AbortSignal;
}

export interface IngestReport {
  readonly batch: Batch;
  readonly accepted: number;
  readonly rejected: number;
  readonly newFields: readonly FieldDefinition[];
  /** Fields that rules cannot use, and why; their values stay with the rows. */
  readonly notes: readonly { readonly path: string; readonly why: string }[];
}

export interface RejectedRow {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** A stable word, as docs/import.md lists them: invalid-json, no-identity, wrong-type, … */
  readonly code: string;
  readonly reason: string;
  /** The row itself; of one that is too large its beginning. It is a person's data: never logged. */
  readonly row: string;
}
