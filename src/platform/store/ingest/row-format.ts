import type { BatchFormat } from '../../records';

/** How the rows of a file are written. `json` is one list of objects, or objects one after the other over many lines. */
export type RowFormat = BatchFormat;
