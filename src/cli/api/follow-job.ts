import { Option } from 'commander';
import type { JobKind, WatchedJob } from '../../client';
import { assertNever } from '../../lib/assert';
import type { ExitCode } from '../../errors/command-error';
import { startProgress } from '../progress';
import { durationOption, flag, number } from './options';
import { printRow } from './output';
import type { Call, Column, Row } from './verb';

/** What is shown of a job of any kind; the documents of `client/` select it too. */
export const jobColumns: readonly Column[] = [
  { title: 'ID', path: 'id' },
  { title: 'KIND', path: 'kind' },
  { title: 'STATUS', path: 'status' },
  { title: 'PROGRESS', path: 'progress.fraction', as: 'percent' },
  { title: 'CREATED', path: 'createdAt' },
  { title: 'UPDATED', path: 'updatedAt' },
];

export const followOptions: readonly Option[] = [
  new Option('--wait', 'until the job has ended; the exit code tells how'),
  new Option('--watch', 'the same, with a bar on stderr; with -o jsonl each change is a line'),
  durationOption('--timeout <time>', 'wait no longer than 90s, 10m or 2h; the job goes on'),
];

/** Prints a job that was just made, or follows it to its end where --wait or --watch say so. */
export function afterCreation(kind: JobKind, columns: readonly Column[]) {
  return async (call: Call, row: Row): Promise<ExitCode> => {
    if (flag(call, 'wait') || flag(call, 'watch')) return followJob(call, { kind, id: String(row['id']) });
    printRow(call, columns, row);
    return 0;
  };
}

/** Follows a job to its end and prints it. @throws AudienceError WAIT_TIMEOUT after --timeout. */
export async function followJob(
  call: Call,
  target: { readonly kind: JobKind; readonly id: string },
): Promise<ExitCode> {
  const isQuiet = flag(call, 'wait') && !flag(call, 'watch');
  const output = isQuiet ? { write: () => undefined } : call.stderr;
  const line = startProgress(output, `${target.kind.toLowerCase()} job ${target.id}`);
  let last = '';
  const job = await call.client.waitForJob(target, {
    signal: call.signal,
    timeoutMs: number(call, 'timeout'),
    onProgress: (seen) => {
      line.update(seen.progress.fraction, seen.status);
      const text = JSON.stringify(seen);
      if (call.format === 'jsonl' && !isQuiet && text !== last && !seen.isTerminal)
        printRow(call, [], asRow(seen));
      last = text;
    },
  });
  line.done(`${job.status} after ${seconds(job.progress.elapsedMs)}`);
  for (const { code, message, hint } of job.errors)
    call.stderr.write(`  ${[code, message, hint].filter((part) => part !== null).join(' ')}\n`);
  printRow(call, jobColumns, asRow(job));
  return exitCodeOfJob(job);
}

function asRow(job: WatchedJob): Row {
  return { ...job };
}

function seconds(ms: string): string {
  return `${(Number(ms) / 1000).toFixed(1)} s`;
}

/** How a job ended, for scripts. */
function exitCodeOfJob({ status }: WatchedJob): ExitCode {
  switch (status) {
    case 'SUCCEEDED':
      return 0;
    case 'CANCELLED':
      return 3;
    case 'FAILED':
    case 'UNKNOWN':
      return 1;
    case 'NEW':
    case 'QUEUED':
    case 'PROCESSING':
    case 'CANCELLING':
      return 4;
    default:
      return assertNever(status);
  }
}
