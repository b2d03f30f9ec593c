import { createInterface } from 'node:readline/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Config } from '../config';
import { CommandError } from '../errors/command-error';
import type { ResetAnswerWire, ResetBodyWire } from '../wire/reset.wire';
import { IngestionClient } from './ingestion-client';
import { usePlatform } from './use-platform';

export interface ResetOptions {
  readonly org: string;
  /** All sandboxes of all orgs where it is missing. */
  readonly sandbox?: string;
  readonly yes?: true;
  readonly stdin: ReadStream;
  readonly stderr: WriteStream;
}

/**
 * Empties a sandbox, or all, through the platform that runs or on the folder of one that does not. @returns what was removed.
 * @throws CommandError where nobody has said yes.
 */
export async function reset(config: Config, options: ResetOptions): Promise<string> {
  const { org, sandbox } = options;
  await requireYes(config, options);
  const { emptied } = await usePlatform(config, (url, operatorKey) => {
    const client = new IngestionClient({ url, orgId: org, sandbox: sandbox ?? 'prod', operatorKey });
    const body: ResetBodyWire = { scope: sandbox === undefined ? 'everything' : 'sandbox' };
    return client.json<ResetAnswerWire>('POST', '/audience/reset', body);
  });
  if (emptied.length === 0)
    return sandbox === undefined
      ? 'There was nothing to remove.\n'
      : `There is no sandbox ${sandbox} of ${org}: nothing was removed.\n`;
  return emptied.map(lineOf).join('');
}

async function requireYes(config: Config, { sandbox, yes, stdin, stderr }: ResetOptions): Promise<void> {
  if (yes === true) return;
  const what = `${sandbox === undefined ? 'all sandboxes' : `the sandbox ${sandbox}`} of ${config.platform.dataDir}`;
  if (!stdin.isTTY) {
    throw new CommandError(
      `This would remove everything in ${what}, and there is nobody to ask. Say --yes if it is meant.`,
      2,
    );
  }
  const dialogue = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await dialogue.question(`Remove everything in ${what}? Type yes: `);
    if (answer.trim().toLowerCase() !== 'yes') throw new CommandError('Nothing was removed.', 2);
  } finally {
    dialogue.close();
  }
}

function lineOf({ imsOrgId, sandboxName, removed }: ResetAnswerWire['emptied'][number]): string {
  const counts = Object.entries(removed).map(([noun, count]) => `${count} ${plural(noun, count)}`);
  // Every sandbox starts with one merge policy, and has it again.
  return `${imsOrgId} ${sandboxName}: removed ${counts.join(', ')}.\n`;
}

function plural(noun: string, count: number): string {
  if (count === 1) return noun;
  if (/(ch|s)$/u.test(noun)) return `${noun}es`;
  return noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
