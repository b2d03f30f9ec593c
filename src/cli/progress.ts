/** Where progress is written: a terminal, or a file or pipe that keeps every line. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export interface ProgressLine {
  /** Shows how far the work is; `fraction` is 0 to 1, or null where the end is unknown. */
  update(fraction: number | null, detail?: string): void;
  /** Ends the line with its last words. */
  done(detail: string): void;
}

const barWidth = 24;

/**
 * One line of progress. A terminal sees a bar that moves in place; elsewhere a new line stands for each tenth.
 * Written to stderr by its callers, so that data on stdout stay clean.
 */
export function startProgress(output: ProgressOutput, label: string): ProgressLine {
  let lastTenth = -1;
  let longest = 0;
  const inPlace = (text: string): void => {
    longest = Math.max(longest, text.length);
    output.write(`\r${text.padEnd(longest)}`);
  };
  return {
    update(fraction, detail = '') {
      const percent = fraction === null ? '' : `${Math.floor(fraction * 100)} %`;
      if (output.isTTY === true) {
        inPlace(`  ${label} ${bar(fraction)} ${percent.padStart(5)} ${detail}`);
        return;
      }
      const tenth = fraction === null ? -1 : Math.floor(fraction * 10);
      if (tenth <= lastTenth) return;
      lastTenth = tenth;
      output.write(`  ${label} ${percent} ${detail}`.trimEnd() + '\n');
    },
    done(detail) {
      if (output.isTTY === true) {
        inPlace(`  ${label} ${detail}`);
        output.write('\n');
      } else {
        output.write(`  ${label} ${detail}\n`);
      }
    },
  };
}

function bar(fraction: number | null): string {
  const filled = Math.round((fraction ?? 0) * barWidth);
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}]`;
}
