import { cpus, totalmem } from 'node:os';
import type { CaseResult, Comparison } from './cases/bench-case';
import type { DataSetSize } from './people';

export interface ReportedCase {
  readonly title: string;
  /** A failure as text, else what was found. */
  readonly outcome: CaseResult | string;
  readonly peakMemoryMb: number | undefined;
}

/** One line that says where and over what was measured. */
export function machineLine({ profiles, eventsPerProfile, isSkewed, seed }: DataSetSize): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const people = `${profiles.toLocaleString('en-US')} profiles of 25 fields, ${(profiles * eventsPerProfile).toLocaleString('en-US')} events of 13 fields`;
  return (
    `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${gigabytes} GB, Node ${process.versions.node}; ` +
    `${people}${isSkewed ? ', skewed' : ''}, seed ${seed}`
  );
}

/** Markdown: what is promised and whether it is kept, then all times. */
export function report(size: DataSetSize, cases: readonly ReportedCase[]): string {
  const ratios = cases.flatMap(({ title, outcome }) =>
    typeof outcome === 'string'
      ? [[title, 'failed', outcome.replaceAll(/[|\n]/gu, ' '), '', '']]
      : outcome.comparisons.map((one) => [
          title,
          one.what,
          one.ratio.toFixed(2),
          targetOf(one),
          verdictOf(one),
        ]),
  );
  const times = cases.flatMap(({ title, outcome, peakMemoryMb }) =>
    typeof outcome === 'string'
      ? []
      : outcome.measured.map(({ name, ms, cpuMs }, n) => [
          n === 0 ? title : '',
          name,
          number(ms),
          number(cpuMs),
          n === 0 && peakMemoryMb !== undefined ? String(peakMemoryMb) : '',
        ]),
  );
  const notes = cases.flatMap(({ title, outcome }) =>
    typeof outcome === 'string' ? [] : outcome.notes.map((note) => `- ${title}: ${note}.`),
  );
  return [
    machineLine(size),
    '',
    table(['case', 'ratio', 'measured', 'target', ''], ratios),
    '',
    table(['case', 'what', 'wall ms', 'CPU ms', 'peak MB'], times),
    '',
    ...notes,
  ].join('\n');
}

function targetOf({ target }: Comparison): string {
  if (target === undefined) return '';
  return 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;
}

function verdictOf({ ratio, target }: Comparison): string {
  if (target === undefined) return '';
  const isKept = 'atMost' in target ? ratio <= target.atMost : ratio >= target.atLeast;
  return isKept ? 'ok' : '**missed**';
}

function number(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en-US');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map((_, n) => (n < 2 ? '---' : '---:')), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
