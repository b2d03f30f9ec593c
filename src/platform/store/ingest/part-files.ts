import { join } from 'node:path';
import { quoteText } from '../engine/sql-text';

/** Where the typed rows of a part stand while a batch is read. */
export function typedPart(folder: string, number: number): string {
  return join(folder, `typed-${String(number).padStart(5, '0')}.parquet`);
}

/** Where the rejected rows of a part stand while a batch is read. */
export function rejectedPart(folder: string, number: number): string {
  return join(folder, `rejected-${String(number).padStart(5, '0')}.parquet`);
}

/** SQL that reads several files of one make as one. */
export function readFiles(paths: readonly string[]): string {
  return `read_parquet([${paths.map(quoteText).join(', ')}])`;
}
