import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { WebSocket } from 'ws';
import { addApiCommands } from '../../src/cli/api/add-api-commands';
import { explainFailure } from '../../src/cli/api/failures';

export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly isTTY?: boolean;
  readonly signal?: AbortSignal;
}

/** Runs `audience …` in this process, as src/cli/main.ts does. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  let [stdout, stderr] = ['', ''];
  let exitCode = 0;
  const program = new Command('audience').exitOverride().configureOutput({
    writeOut: (text) => void (stdout += text),
    writeErr: (text) => void (stderr += text),
  });
  addApiCommands(program, {
    env: options.env ?? {},
    stdout: { write: (text) => void (stdout += text) },
    stderr: { isTTY: options.isTTY ?? false, write: (text: string) => void (stderr += text) },
    readFile: (path) => (path === '-' ? Promise.resolve(options.stdin ?? '') : readFile(path, 'utf8')),
    stopOnInterrupt: () => options.signal ?? new AbortController().signal,
    exitWith: (code) => void (exitCode = code),
    webSocketImpl: WebSocket,
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    const report = explainFailure(error);
    exitCode = report.exitCode;
    if (report.message !== null) stderr += `audience: ${report.message}\n`;
  }
  return { exitCode, stdout, stderr };
}
