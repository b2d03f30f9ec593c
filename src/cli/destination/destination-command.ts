import { once } from 'node:events';
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { FailureMode } from './failure';
import { failureModes } from './failure';
import { startDestination } from './start-destination';

interface DestinationCommandOptions {
  readonly port: number;
  readonly token?: string;
  readonly fail?: FailureMode;
  readonly times: number;
}

/** Adds `audience destination`: a destination on this machine to try audience templates against, until it is stopped. */
export function addDestinationCommand(
  program: Command,
  {
    stdout,
    stopOnInterrupt,
  }: { readonly stdout: NodeJS.WritableStream; readonly stopOnInterrupt: () => AbortSignal },
): void {
  program
    .command('destination')
    .description('Run a destination on this machine, to try audience templates against; Ctrl-C ends it.')
    .option('--port <port>', 'port on 127.0.0.1; 0 takes a free one', wholeNumber, 4300)
    .option('--token <token>', 'asked for with every request, as Authorization: Bearer or access_token')
    .addOption(new Option('--fail <mode>', 'how the first requests fail').choices(failureModes))
    .option('--times <count>', 'how many requests fail so', countOfRequests, 1)
    .action(async ({ port, token, fail, times }: DestinationCommandOptions) => {
      const destination = await startDestination({
        port,
        token,
        failure: fail && { mode: fail, times },
        log: (line) => void stdout.write(`${line}\n`),
      });
      stdout.write(welcome(destination.url));
      const signal = stopOnInterrupt();
      if (!signal.aborted) await once(signal, 'abort');
      await destination.close();
    });
}

function welcome(url: string): string {
  return `A trial destination listens at ${url}
  POST /audiences, GET PUT PATCH POST DELETE /audiences/{id}, GET /account
  POST /_destination/failure {"mode": "500", "times": 1}, GET /_destination/requests
`;
}

function countOfRequests(text: string): number {
  const number = Number(text);
  if (/^\d{1,7}$/.test(text) && number >= 1 && number <= 1_000_000) return number;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1000000.');
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number <= 65_535) return number;
  throw new InvalidArgumentError('It must be a whole number up to 65535.');
}
