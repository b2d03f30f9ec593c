import { createWriteStream } from 'node:fs';
import { appendFile, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError } from '../errors/command-error';
import type { IngestionClient, RejectedLine } from './ingestion-client';
import type { ProgressOutput } from './progress';

/** At most this many rejected rows are shown. */
const shownRejects = 10;

export interface RejectsReport {
  readonly client: IngestionClient;
  readonly stderr: ProgressOutput;
  readonly batchId: string;
  /** What a row is called. */
  readonly word: string;
  readonly count: number;
  /** Where the reason of each goes, as NDJSON. */
  readonly reasonsFile: string | undefined;
  /** Where the rows themselves go, as they came. */
  readonly rowsFile: string | undefined;
}

/** Before anything is imported: a report that cannot be kept is told while nothing has happened yet. */
export async function requireWritable(path: string | undefined, option: string): Promise<void> {
  if (path === undefined) return;
  const file = await open(path, 'w').catch((cause: unknown) => {
    throw new CommandError(
      `The rejected lines cannot be written to "${path}". Name another file with ${option}.`,
      2,
      { cause },
    );
  });
  await file.close();
}

/** Shows the first rejected rows, and writes all of them where that is asked for. */
export async function reportRejects(report: RejectsReport): Promise<void> {
  const { client, stderr, batchId, word, count, reasonsFile, rowsFile } = report;
  if (count === 0) return;
  const shown = await client.firstRejected(batchId, shownRejects);
  for (const { line, code, reason } of shown) stderr.write(`  ${describe({ line, code, reason }, word)}\n`);
  if (count > shown.length) {
    const where = reasonsFile === undefined ? '--rejects FILE keeps them all' : `all are in ${reasonsFile}`;
    stderr.write(`  … and ${count - shown.length} more; ${where}\n`);
  }
  if (reasonsFile !== undefined) await write(await client.rejectReasons(batchId), reasonsFile);
  if (rowsFile !== undefined) {
    await write(await client.rejectedRows(batchId), rowsFile);
    stderr.write(`  The rejected rows are in ${rowsFile}: mend them there and import that file.\n`);
  }
}

/** Shows the first fields that rules cannot use, and adds all of them to the file of reasons where there is one. */
export async function reportFields(
  stderr: ProgressOutput,
  notes: readonly FieldNote[],
  reasonsFile: string | undefined,
): Promise<void> {
  for (const { description } of notes.slice(0, shownRejects)) stderr.write(`  ${description}\n`);
  if (notes.length > shownRejects) {
    const where = reasonsFile === undefined ? '--rejects FILE keeps them all' : `all are in ${reasonsFile}`;
    stderr.write(`  … and ${notes.length - shownRejects} more such fields; ${where}\n`);
  }
  if (reasonsFile === undefined) return;
  const lines = notes.map(({ code, description }) => `${JSON.stringify({ code, reason: description })}\n`);
  await appendFile(reasonsFile, lines.join(''));
}

/** What the platform says of one field that rules cannot use. */
export interface FieldNote {
  readonly code: string;
  readonly description: string;
}

function describe({ line, code, reason }: Omit<RejectedLine, 'file'>, word: string): string {
  return `${word} ${line}: ${code}: ${reason}`;
}

async function write(content: Readable, path: string): Promise<void> {
  await pipeline(content, createWriteStream(path));
}
