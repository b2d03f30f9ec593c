import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Runs `node test/long/simulate.mjs` and answers what it says, behind a line of its own where it exits with a fault. In a
 * process of its own: outside the test runner a history takes a third of the time, or a tenth beside what others left there.
 */
export async function simulate(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['test/long/simulate.mjs', ...args], {
    cwd: join(__dirname, '..', '..'),
  }).catch((error: { readonly stdout: string }) => ({ stdout: `A promise was broken.\n${error.stdout}` }));
  return stdout;
}
