import { pino } from 'pino';
import type { Logger } from 'pino';
import type { Secret } from '../lib/secret';
import { describeError } from './describe-error';
import { scrubLine } from './scrub-line';

export interface LogOptions {
  readonly level: string;
  /** Takes one whole line with its end. */
  readonly write: (line: string) => void;
  /** Values that must not be written, whoever quotes them. */
  readonly secrets: readonly Secret[];
}

/**
 * JSON lines, each cleared of what must not be told: known secrets, bearer tokens, JWTs, the tokens of download links, and
 * of characters that would move a reader's screen. Whoever logs still leaves such things out; this is the second wall.
 */
export function createLog({ level, write, secrets }: LogOptions): Logger {
  const values = secrets.map((secret) => secret.reveal());
  return pino(
    { level, base: null, serializers: { err: (error: unknown) => describeError(error) } },
    { write: (line: string) => write(scrubLine(line, values)) },
  );
}
