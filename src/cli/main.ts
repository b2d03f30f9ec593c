import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import { loadConfig } from '../config';
import { CommandError } from '../errors/command-error';
import { SegmentationError } from '../errors/segmentation-error';
import type { ImportedEntity } from './import-file';
import { importFile } from './import-file';
import type { RejectedLine } from './ingestion-client';
import { IngestionClient } from './ingestion-client';
import { usePlatform } from './use-platform';

/** At most this many rejected lines are shown; `--rejects` keeps them all. */
const shownRejects = 10;

interface ImportOptions {
  readonly dataset?: string;
  readonly org: string;
  readonly sandbox: string;
  readonly rejects?: string;
}

const program = new Command('audience')
  .description('Work with Audience Gateway from the command line.')
  .exitOverride()
  .showHelpAfterError('(see: audience --help)');

const importing = program
  .command('import')
  .description('Bring your own profiles and events into the embedded platform.');

for (const entity of ['profiles', 'events'] as const) {
  importing
    .command(`${entity} <file>`)
    .description(
      `Import XDM ${entity} from an NDJSON file (one object a line, each with its identityMap); "-" reads standard input.`,
    )
    .option('--dataset <name>', `dataset to import into (default: "Imported ${entity}")`)
    .option('--org <id>', 'IMS org', 'EMBEDDED@AdobeOrg')
    .option('--sandbox <name>', 'sandbox', 'prod')
    .option(
      '--rejects <path>',
      'write the number of every rejected line and the reason to this file, as NDJSON',
    )
    .action((file: string, options: ImportOptions) => runImport(entity, file, options));
}

async function runImport(entity: ImportedEntity, file: string, options: ImportOptions): Promise<void> {
  const config = loadConfig(process.env);
  const rejects = options.rejects === undefined ? null : await openRejects(options.rejects);
  const stopping = stopOnInterrupt();
  const result = await usePlatform(config, async (url) =>
    importFile(
      { entity, file, datasetName: options.dataset ?? `Imported ${entity}` },
      {
        client: new IngestionClient({ url, orgId: options.org, sandbox: options.sandbox }),
        stdin: process.stdin,
        stderr: process.stderr,
        wait: () => sleep(100, undefined, { signal: stopping }),
        signal: stopping,
      },
    ),
  );
  await rejects?.writeFile(result.rejected.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await rejects?.close();
  reportRejects(result.rejected, options.rejects);
  if (result.refusal !== null) throw new CommandError(`${result.refusal} (batch ${result.batchId})`, 1);
  const count = result.rejected.length;
  process.stdout.write(
    `Imported ${result.accepted} ${entity} as batch ${result.batchId}; ${count} ${count === 1 ? 'line' : 'lines'} rejected.\n`,
  );
}

/** Before anything is imported: a report that cannot be kept is told while nothing has happened yet. */
async function openRejects(path: string): Promise<FileHandle> {
  return open(path, 'w').catch((cause: unknown) => {
    throw new CommandError(
      `The rejected lines cannot be written to "${path}". Name another file with --rejects.`,
      2,
      { cause },
    );
  });
}

/** Ctrl-C gives the import up in order; a second one ends the process. */
function stopOnInterrupt(): AbortSignal {
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  return stopping.signal;
}

function reportRejects(rejected: readonly RejectedLine[], keptIn: string | undefined): void {
  for (const { line, code, reason } of rejected.slice(0, shownRejects))
    process.stderr.write(`  line ${line}: ${code}: ${reason}\n`);
  const hidden = rejected.length - shownRejects;
  if (hidden > 0)
    process.stderr.write(
      `  … and ${hidden} more; ${keptIn === undefined ? '--rejects FILE keeps them all' : `all are in ${keptIn}`}\n`,
    );
}

program.parseAsync(process.argv).catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  if (error instanceof Error && error.name === 'AbortError') {
    process.stderr.write('audience: Stopped. What was uploaded in part is taken back.\n');
    process.exitCode = 130;
    return;
  }
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
  const message =
    error instanceof SegmentationError
      ? error.message
      : 'Something went wrong inside the command. Please report it.';
  process.stderr.write(`audience: ${message}\n`);
});
