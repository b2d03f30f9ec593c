import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

export interface RunningProcess {
  readonly pid: number;
  /** Everything printed so far, on stdout and on stderr. */
  output(): string;
  errorOutput(): string;
  /** Resolves when the output holds the pattern; rejects when the process ends before. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>;
  signal(name: NodeJS.Signals): void;
  /** The exit code; null when a signal ended it. */
  readonly exit: Promise<number | null>;
}

export interface ProcessRequest {
  /** Below the project's folder, e.g. `dist/main.js`; or a program to be found on the path, e.g. `npm`. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a built program of ours as users do, with an environment of its own. */
export function startProcess({ script, args = [], env = {} }: ProcessRequest): RunningProcess {
  const [program, ...words] = script.endsWith('.js')
    ? [process.execPath, join(root, script), ...args]
    : [script, ...args];
  const child = spawn(program ?? process.execPath, words, {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said.error += text));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const output = (): string => said.out + said.error;
  return {
    pid: child.pid ?? 0,
    output,
    errorOutput: () => said.error,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = output().match(pattern);
          if (match !== null) resolve(match);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        void exit.then((code) =>
          reject(new Error(`The process ended with ${code} before it printed ${pattern}:\n${output()}`)),
        );
        look();
      }),
    signal: (name) => void child.kill(name),
    exit,
  };
}
