import type { XdmObject } from '../../../xdm/union-schema';
import type { EngineLimits } from '../engine/engine';
import type { RowFormat } from './row-format';

/** One batch and what there is to know for reading it. */
export interface BatchToRead {
  readonly batchId: string;
  readonly entity: 'profile' | 'event';
  /** Paths, in order. */
  readonly files: readonly string[];
  readonly format: RowFormat;
  readonly at: number;
  readonly schema: XdmObject;
  /** Paths of fields whose type an import guessed: it may grow. */
  readonly guessed: ReadonlySet<string>;
  readonly roomForFields: number;
  readonly limits: EngineLimits;
  /** For files that are being made. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  /** Rows read so far. */
  readonly onRows?: ((rows: number) => void | Promise<void>) | undefined;
  /** Text of this size is looked at in one go. */
  readonly partBytes?: number | undefined;
}
