import { Option } from 'commander';
import type { Command } from 'commander';
import type { Config } from '../config';
import { CommandError } from '../errors/command-error';
import type { AdminSettingsWire, AnswerBodyWire, ClockBodyWire, FailureBodyWire } from '../wire/admin.wire';
import { findRunningPlatform } from './data-directory';
import { IngestionClient } from './ingestion-client';

interface TenantOptions {
  readonly org: string;
  readonly sandbox: string;
}

interface ClockOptions extends TenantOptions {
  readonly to?: string;
  readonly forward?: number;
  readonly back?: number;
  readonly reset?: true;
}

interface PaceOptions extends TenantOptions {
  readonly reset?: true;
}

interface FailOptions extends TenantOptions {
  readonly code?: string;
  readonly message?: string;
  readonly times?: number;
}

interface AnswerOptions extends TenantOptions {
  readonly path?: string;
  readonly method?: string;
  readonly retryAfter?: number;
  readonly for?: number;
  readonly times?: number;
}

const base = '/audience/admin';
const longestPaceMs = 3_600_000;

/** Adds `audience admin …`: settings for trials of the platform that runs. `inTenant` adds the options of a sandbox. */
export function addAdminCommands(
  program: Command,
  inTenant: (command: Command) => Command,
  readConfig: () => Config,
): void {
  const admin = program
    .command('admin')
    .description(
      'Trials with the running platform (npm start -- --admin): its clock, pace, failures, refusals.',
    );
  const verb = (usage: string, description: string): Command =>
    inTenant(admin.command(usage).description(description));
  const ask = (
    tenant: TenantOptions,
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    path: string,
    body?: object,
  ) => changeSettings({ config: readConfig(), tenant, method, path, body });

  verb('show', 'Show what is set.').action((options: TenantOptions) => ask(options, 'GET', ''));
  verb('reset', 'End all that is set, for this sandbox.').action((options: TenantOptions) =>
    ask(options, 'DELETE', ''),
  );
  verb('clock', "Move the platform's clock; schedules fire by it, and rules take it for now.")
    .option('--to <time>', 'to a time, e.g. 2027-01-01T00:00:00Z')
    .option('--forward <duration>', 'by 90s, 30m, 25h or 7d', readSeconds)
    .option('--back <duration>', 'by 90s, 30m, 25h or 7d', readSeconds)
    .option('--reset', 'to the true time')
    .action((options: ClockOptions) =>
      isClockReset(options)
        ? ask(options, 'DELETE', '/clock')
        : ask(options, 'PUT', '/clock', clockBody(options)),
    );
  verb('pace [ms]', 'Rest so long between two steps of a job.')
    .option('--reset', 'as the platform was started')
    // So that -5 is told to be no pace, and not an option that there is not.
    .allowUnknownOption()
    .action((ms: string | undefined, options: PaceOptions) =>
      isPaceReset(ms, options)
        ? ask(options, 'DELETE', '/pace')
        : ask(options, 'PUT', '/pace', { ms: readPace(ms ?? '') }),
    );
  verb('fail <kind>', 'Let the next segment or export job of the sandbox fail.')
    .option('--code <code>', "Adobe's 0090000009, 0100000003, 8.0000018E7, unknown, or any other")
    .option('--message <text>', 'what the job says')
    .option('--times <n>', 'so many jobs (default: 1)', readNumber)
    .action((kind: string, { code, message, times, ...tenant }: FailOptions) => {
      const body = { job: kind as FailureBodyWire['job'], code, message, times };
      return ask(tenant, 'POST', '/failures', body);
    });
  verb('answer <status>', 'Answer 429, 500 or 503 to requests of the sandbox.')
    .option('--path <path>', 'to this path and all below it (default: every path)')
    .addOption(new Option('--method <method>', 'to this method only'))
    .option('--retry-after <seconds>', 'with this Retry-After', readNumber)
    .option('--for <duration>', 'so long (default: 1m)', readSeconds)
    .option('--times <n>', 'so many requests', readNumber)
    .action(
      (status: string, { path, method, retryAfter, for: forSeconds, times, ...tenant }: AnswerOptions) => {
        const body: Readonly<Record<keyof AnswerBodyWire, unknown>> = {
          status: readNumber(status),
          path,
          method,
          retryAfterSeconds: retryAfter,
          forSeconds,
          times,
        };
        return ask(tenant, 'POST', '/answers', body);
      },
    );
}

interface Change {
  readonly config: Config;
  readonly tenant: TenantOptions;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body: object | undefined;
}

/** Asks the platform that runs, and prints the settings as they are then. */
async function changeSettings({ config, tenant, method, path, body }: Change): Promise<void> {
  const running = await findRunningPlatform(config.platform.dataDir);
  if (running === null)
    throw new CommandError(
      `No platform runs on ${config.platform.dataDir}. Start one that lets itself be set: npm start -- --admin`,
      2,
    );
  const client = new IngestionClient({ url: running.url, orgId: tenant.org, sandbox: tenant.sandbox });
  const settings = await client.json<AdminSettingsWire>(method, base + path, body).catch((error: unknown) => {
    if (error instanceof CommandError && error.message.includes('answered 404'))
      throw new CommandError(
        'The platform that runs does not let itself be set. Start it with npm start -- --admin, or PLATFORM_ADMIN=on.',
        2,
        { cause: error },
      );
    throw error;
  });
  process.stdout.write(linesOf(settings));
}

function linesOf({ clock, pace, failures, answers }: AdminSettingsWire): string {
  const lines = [
    `clock     ${clock.now}${clock.offsetMs === 0 ? '' : ` (${durationOf(clock.offsetMs)})`}`,
    `pace      ${pace.ms} ms`,
    ...failures.map(
      ({ job, code, message, times }) =>
        `failure   the next ${times === 1 ? '' : `${times} `}${job} job${times === 1 ? '' : 's'}: ${code} ${message}`,
    ),
    ...answers.map(
      ({ method, path, status, retryAfterSeconds, secondsLeft, timesLeft }) =>
        `answer    ${status} to ${method === undefined ? '' : `${method} `}${path}${[
          retryAfterSeconds === undefined ? '' : `, Retry-After ${retryAfterSeconds}`,
          secondsLeft === undefined ? '' : `, for ${secondsLeft} s`,
          timesLeft === undefined ? '' : `, ${timesLeft} times`,
        ].join('')}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function durationOf(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const text =
    seconds % 86_400 === 0
      ? `${seconds / 86_400} d`
      : seconds % 3600 === 0
        ? `${seconds / 3600} h`
        : `${seconds} s`;
  return `${text} ${ms < 0 ? 'behind' : 'ahead'}`;
}

/** True for --reset alone. @throws CommandError with exit code 2 unless just one of the options is said. */
function isClockReset({ to, forward, back, reset }: ClockOptions): boolean {
  if ([to, forward, back, reset].filter((one) => one !== undefined).length !== 1)
    throw new CommandError('Say one of --to <time>, --forward <duration>, --back <duration> and --reset.', 2);
  return reset === true;
}

function isPaceReset(ms: string | undefined, { reset }: PaceOptions): boolean {
  if ((ms === undefined) === (reset === undefined))
    throw new CommandError('Say either the milliseconds or --reset.', 2);
  return reset === true;
}

function readPace(text: string): number {
  const ms = Number(text);
  if (/^\d+$/.test(text) && ms <= longestPaceMs) return ms;
  throw new CommandError(
    `"${text}" is no pace. Say whole milliseconds from 0 to ${longestPaceMs}, an hour.`,
    2,
  );
}

function clockBody({ to, forward, back }: ClockOptions): ClockBodyWire {
  return to === undefined ? { advanceSeconds: forward ?? -(back ?? 0) } : { now: to };
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function readSeconds(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text) ?? [];
  if (count === undefined) throw new CommandError(`"${text}" is no duration. Say 90s, 30m, 25h or 7d.`, 2);
  return Number(count) * (unitSeconds[unit] ?? 1);
}

function readNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CommandError(`"${text}" is no whole number from 0 to 999999999.`, 2);
}
