import { writeFile } from 'node:fs/promises';
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
    .option('--rejects <path>', 'write every rejected line with its reason to this file, as NDJSON')
    .action((file: string, options: ImportOptions) => runImport(entity, file, options));
}

async function runImport(entity: ImportedEntity, file: string, options: ImportOptions): Promise<void> {
  const config = loadConfig(process.env);
  const result = await usePlatform(config, async (url) =>
    importFile(
      { entity, file, datasetName: options.dataset ?? `Imported ${entity}` },
      {
        client: new IngestionClient({ url, orgId: options.org, sandbox: options.sandbox }),
        stdin: process.stdin,
        stderr: process.stderr,
        wait: () => sleep(100),
      },
    ),
  );
  if (options.rejects !== undefined) {
    await writeFile(options.rejects, result.rejected.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
  reportRejects(result.rejected, options.rejects);
  process.stdout.write(
    `Imported ${result.accepted} ${entity} as batch ${result.batchId}; ${result.rejected.length} lines rejected.\n`,
  );
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
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
  const message =
    error instanceof SegmentationError
      ? error.message
      : 'Something went wrong inside the command. Please report it.';
  process.stderr.write(`audience: ${message}\n`);
});
