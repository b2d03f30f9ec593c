import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the person who starts the gateway says about the demonstration data. */
export type DemoWish = 'load' | 'decline' | 'as-before';

export interface DemoQuestion {
  readonly dataDir: string;
  readonly wish: DemoWish;
  readonly isLoaded: boolean;
}

/**
 * Decides whether the demonstration data are to be loaded now. `--no-demo` is remembered in the data directory, so that a
 * later plain start does not mix invented people into real ones.
 */
export async function decideOnDemo({
  dataDir,
  wish,
  isLoaded,
}: DemoQuestion): Promise<'load' | 'there' | 'declined'> {
  const file = join(dataDir, 'no-demo');
  if (isLoaded) return 'there';
  if (wish === 'load') await rm(file, { force: true });
  if (wish === 'decline')
    await writeFile(file, 'Started with --no-demo. npm start -- --demo loads the demonstration data.\n');
  const declined = await readFile(file, 'utf8').then(
    () => true,
    () => false,
  );
  return declined ? 'declined' : 'load';
}
