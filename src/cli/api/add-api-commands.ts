import { Option } from 'commander';
import type { Command } from 'commander';
import { createAudienceClient } from '../../client';
import type { AudienceClient, AudienceClientOptions } from '../../client';
import type { ExitCode } from '../../errors/command-error';
import type { ProgressOutput } from '../progress';
import { completionScript } from './completion';
import { connectionOptions, readConnection } from './connection';
import type { Connection } from './connection';
import { examine, toReport } from './doctor';
import { Interrupted } from './failures';
import { batch } from './nouns/batch';
import { dataset } from './nouns/dataset';
import { exportNoun } from './nouns/export';
import { job } from './nouns/job';
import { mergePolicy } from './nouns/merge-policy';
import { preview } from './nouns/preview';
import { profile } from './nouns/profile';
import { run } from './nouns/run';
import { schedule } from './nouns/schedule';
import { segment } from './nouns/segment';
import { template } from './nouns/template';
import type { Call, Noun, OutputFormat, Verb } from './verb';

/** Every noun of the API; their order is that of the help. */
export const nouns: readonly Noun[] = [
  segment,
  preview,
  job,
  exportNoun,
  run,
  schedule,
  template,
  dataset,
  batch,
  profile,
  mergePolicy,
];

/** What the commands need of the process. */
export interface CommandSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Call['stdout'];
  readonly stderr: ProgressOutput;
  readonly readFile: Call['readFile'];
  readonly stopOnInterrupt: () => AbortSignal;
  readonly exitWith: (code: ExitCode) => void;
  /** Node 20 has none of its own. */
  readonly webSocketImpl: NonNullable<AudienceClientOptions['webSocketImpl']>;
}

const outputOption = new Option('-o, --output <format>', 'how data are printed')
  .choices(['table', 'json', 'jsonl'])
  .default('table');

/** Adds `audience <noun> <verb>` for every noun of the API, `doctor` and `completion`. */
export function addApiCommands(program: Command, surroundings: CommandSurroundings): void {
  for (const noun of nouns) {
    const command = program.command(noun.name).description(noun.description);
    for (const verb of noun.verbs) addVerb(command, verb, surroundings);
  }
  const doctor = program
    .command('doctor')
    .description('Look at the URL, the token, the org and the sandbox one by one, and say what to mend.');
  for (const option of connectionOptions) doctor.addOption(option);
  doctor.action((options: Readonly<Record<string, unknown>>) =>
    withClient(options, surroundings, async (client, connection, signal) => {
      const { text, exitCode } = toReport(await examine(client, connection, signal));
      surroundings.stdout.write(text);
      return exitCode;
    }),
  );
  program
    .command('completion')
    .description('Print a script that completes commands in bash and zsh: source <(audience completion)')
    .action(() => {
      surroundings.stdout.write(completionScript(program));
    });
}

function addVerb(parent: Command, verb: Verb, surroundings: CommandSurroundings): void {
  const command = parent.command(verb.usage).description(verb.description);
  for (const option of [...(verb.options ?? []), outputOption, ...connectionOptions])
    command.addOption(option);
  command.action(async () => {
    const options = command.opts<Readonly<Record<string, unknown>>>();
    await withClient(options, surroundings, (client, _connection, signal) =>
      verb.run({
        args: command.args,
        options,
        client,
        format: options['output'] as OutputFormat,
        stdout: surroundings.stdout,
        stderr: surroundings.stderr,
        readFile: surroundings.readFile,
        signal,
      }),
    );
  });
}

async function withClient(
  options: Readonly<Record<string, unknown>>,
  { env, stopOnInterrupt, exitWith, webSocketImpl }: CommandSurroundings,
  work: (client: AudienceClient, connection: Connection, signal: AbortSignal) => Promise<ExitCode>,
): Promise<void> {
  const connection = readConnection(options, env);
  const client = createAudienceClient({ ...connection, webSocketImpl });
  const signal = stopOnInterrupt();
  try {
    exitWith(await work(client, connection, signal));
  } catch (error) {
    throw signal.aborted ? new Interrupted() : error;
  } finally {
    await client.close();
  }
}
