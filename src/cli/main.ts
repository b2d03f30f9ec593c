import { readFile } from 'node:fs/promises';
import { text as readStream } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { WebSocket } from 'ws';
import { loadConfig } from '../config';
import { CommandError } from '../errors/command-error';
import { systemCodeOf } from '../lib/system-code';
import { orgIdPattern, sandboxNamePattern } from '../wire/common.wire';
import { addAdminCommands } from './admin';
import { addApiCommands } from './api/add-api-commands';
import { explainFailure } from './api/failures';
import { addDestinationCommand } from './destination/destination-command';
import { addField, listFields } from './fields';
import type { ImportedEntity, ImportResult } from './import-file';
import { importFile } from './import-file';
import { importFormats, rowWords, type ImportFormat } from './import-format';
import { IngestionClient } from './ingestion-client';
import { reportFields, reportRejects, requireWritable } from './report-rejects';
import { reset } from './reset';
import { usePlatform } from './use-platform';
import { VERSION } from '../version';

interface TenantOptions {
  readonly org: string;
  readonly sandbox: string;
}

interface ImportOptions extends TenantOptions {
  readonly dataset?: string;
  readonly format?: ImportFormat;
  readonly again?: boolean;
  readonly rejects?: string;
  readonly rejected?: string;
}

const program = new Command('audience')
  .description('Work with Audience Gateway from the command line.')
  .exitOverride()
  .version(VERSION, '--version', 'print the version');

const importing = program
  .command('import')
  .description('Bring your own profiles and events into the embedded platform.');

for (const entity of ['profiles', 'events'] as const) {
  inTenant(
    importing
      .command(`${entity} <file>`)
      .description(
        `Import XDM ${entity} from NDJSON, JSON, CSV or Parquet, gzip or not; "-" reads standard input.`,
      )
      .addOption(
        new Option('--format <format>', 'told from the first bytes and the name unless given').choices(
          importFormats,
        ),
      )
      .option('--dataset <name>', `name or id of the dataset to import into (default: "Imported ${entity}")`)
      .option('--again', 'import also what an earlier import brought already')
      .option(
        '--rejects <path>',
        'write place, code and reason of every rejected row to this file, as NDJSON',
      )
      .option(
        '--rejected <path>',
        'write the rejected rows themselves to this file, to be mended and imported',
      ),
  ).action((file: string, options: ImportOptions) => runImport(entity, file, options));
}

const fields = program
  .command('fields')
  .description('Fields of your own, which rules can use beside the built-in ones.');

inTenant(
  fields
    .command('add <entity> <path> <type>')
    .description(
      'Add a field: profile or event, its dotted path, and integer, string[], map<number>, {name: string}[], …',
    ),
).action((entity: string, path: string, type: string, options: TenantOptions) =>
  print(options, (client) => addField(client, { entity, path, type })),
);

inTenant(
  fields.command('list [entity]').description('List the fields that imports found or operators added.'),
).action((entity: string | undefined, options: TenantOptions) =>
  print(options, (client) => listFields(client, entity)),
);

program
  .command('reset')
  .description('Empty one sandbox of the embedded platform, or all, whether it runs or not.')
  .option('--org <id>', 'IMS org', readOrg, 'EMBEDDED@AdobeOrg')
  .option('--sandbox <name>', 'this one only (default: all sandboxes of all orgs)', readSandbox)
  .option('--yes', 'without asking')
  .action(async (options: { readonly org: string; readonly sandbox?: string; readonly yes?: true }) => {
    const config = loadConfig(process.env);
    const text = await reset(config, { ...options, stdin: process.stdin, stderr: process.stderr });
    process.stdout.write(text);
  });

addAdminCommands(program, inTenant, () => loadConfig(process.env));
addDestinationCommand(program, { stdout: process.stdout, stopOnInterrupt });
addApiCommands(program, {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  readFile: readTextFile,
  stopOnInterrupt,
  exitWith: (code) => void (process.exitCode = code),
  webSocketImpl: WebSocket,
});
nameHelp(program, 'audience');

/** After an error people are led to the help of the very command that they used. */
function nameHelp(command: Command, path: string): void {
  command.showHelpAfterError(`(see: ${path} --help)`);
  for (const verb of command.commands) nameHelp(verb, `${path} ${verb.name()}`);
}

function inTenant(command: Command): Command {
  return command
    .option('--org <id>', 'IMS org', readOrg, 'EMBEDDED@AdobeOrg')
    .option('--sandbox <name>', 'sandbox', readSandbox, 'prod');
}

function readOrg(text: string): string {
  if (orgIdPattern.test(text)) return text;
  throw new InvalidArgumentError('It must be letters and digits with @AdobeOrg behind.');
}

function readSandbox(text: string): string {
  if (sandboxNamePattern.test(text)) return text;
  throw new InvalidArgumentError('It must be 1 to 64 lower-case letters, digits and hyphens.');
}

async function print(
  { org, sandbox }: TenantOptions,
  work: (client: IngestionClient) => Promise<string>,
): Promise<void> {
  const text = await usePlatform(loadConfig(process.env), (url) =>
    work(new IngestionClient({ url, orgId: org, sandbox })),
  );
  process.stdout.write(text);
}

async function runImport(entity: ImportedEntity, file: string, options: ImportOptions): Promise<void> {
  const config = loadConfig(process.env);
  await requireWritable(options.rejects, '--rejects');
  await requireWritable(options.rejected, '--rejected');
  const signal = stopOnInterrupt();
  const { format, again = false, dataset = `Imported ${entity}` } = options;
  const result = await usePlatform(config, async (url) => {
    const client = new IngestionClient({ url, orgId: options.org, sandbox: options.sandbox });
    const imported = await importFile(
      { entity, file, format, dataset, again },
      {
        client,
        stdin: process.stdin,
        stderr: process.stderr,
        wait: () => sleep(100, undefined, { signal }),
        signal,
      },
    );
    await reportRejects({
      client,
      stderr: process.stderr,
      batchId: imported.batchId,
      word: rowWords[imported.format],
      count: imported.rejected,
      reasonsFile: options.rejects,
      rowsFile: options.rejected,
    });
    await reportFields(process.stderr, imported.fieldNotes, options.rejects);
    return imported;
  });
  if (result.refusal !== null) throw new CommandError(`${result.refusal} (batch ${result.batchId})`, 1);
  process.stdout.write(summaryOf(entity, result));
}

function summaryOf(entity: ImportedEntity, result: ImportResult): string {
  const { batchId, accepted, rejected, wasThere } = result;
  if (wasThere) {
    return `Already imported as batch ${batchId} (${accepted} ${entity}, ${rejected} rejected): nothing was changed. --again imports it anyway.\n`;
  }
  const word = rowWords[result.format];
  return `Imported ${accepted} ${entity} as batch ${batchId}; ${rejected} ${rejected === 1 ? word : `${word}s`} rejected.\n`;
}

/** A file's text; "-" is standard input. @throws CommandError where there is none. */
async function readTextFile(path: string): Promise<string> {
  try {
    return path === '-' ? await readStream(process.stdin) : await readFile(path, 'utf8');
  } catch (cause) {
    throw new CommandError(`${path} cannot be read (${systemCodeOf(cause) || 'unknown reason'}).`, 2, {
      cause,
    });
  }
}

/** Ctrl-C stops a command in order; a second one ends the process. */
function stopOnInterrupt(): AbortSignal {
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  return stopping.signal;
}

program.parseAsync(process.argv).catch((error: unknown) => {
  const { message, exitCode } = explainFailure(error);
  process.exitCode = exitCode;
  if (message !== null) process.stderr.write(`audience: ${message}\n`);
});
