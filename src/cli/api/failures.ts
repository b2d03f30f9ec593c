import { CommanderError } from 'commander';
import { AudienceError } from '../../client';
import type { PqlDiagnostic, UserError } from '../../client';
import type { ExitCode } from '../../errors/command-error';
import { CommandError } from '../../errors/command-error';
import { SegmentationError } from '../../errors/segmentation-error';
import type { Row } from './verb';
import { valueAt } from './verb';

/** How a command that threw ends: what stderr is told, and the exit code. */
export interface FailureReport {
  readonly message: string | null;
  readonly exitCode: ExitCode | 130;
}

/** Ctrl-C while something was asked for or waited for. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Puts whatever a command threw in words. */
export function explainFailure(error: unknown): FailureReport {
  // Commander has told it already; help and version are no failures.
  if (error instanceof CommanderError) return { message: null, exitCode: error.exitCode === 0 ? 0 : 2 };
  if (error instanceof CommandError) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof AudienceError) return explainAnswer(error);
  if (error instanceof Interrupted) return { message: 'Stopped. What was asked for goes on.', exitCode: 130 };
  if (error instanceof Error && error.name === 'AbortError')
    return { message: 'Stopped. What was uploaded in part is taken back.', exitCode: 130 };
  if (error instanceof SegmentationError) return { message: error.message, exitCode: 1 };
  return { message: 'Something went wrong inside the command. Please report it.', exitCode: 1 };
}

const wrongAsking: ReadonlySet<string> = new Set([
  ...['NOT_FOUND', 'BAD_USER_INPUT', 'QUERY_TOO_COMPLEX', 'BAD_REQUEST', 'GRAPHQL_PARSE_FAILED'],
  ...['GRAPHQL_VALIDATION_FAILED', 'OPERATION_RESOLUTION_FAILURE', 'PERSISTED_QUERY_NOT_SUPPORTED'],
  'PERSISTED_QUERY_ONLY',
]);

function explainAnswer(error: AudienceError): FailureReport {
  const { code, requestId, errors } = error;
  const doubt = errors.some(({ extensions }) => extensions?.['outcome'] === 'UNKNOWN');
  const message = [
    `${code}: ${error.message}`,
    ...(doubt ? ['  It is not known whether it was done all the same.'] : []),
    ...(code === 'NETWORK_ERROR' || code === 'UNAUTHENTICATED' || code === 'FORBIDDEN'
      ? ['  audience doctor says what is amiss.']
      : []),
    ...(requestId === null ? [] : [`  request id: ${requestId}`]),
  ].join('\n');
  return { message, exitCode: exitCodeOf(code) };
}

function exitCodeOf(code: string): ExitCode {
  if (code === 'WAIT_TIMEOUT') return 4;
  if (code === 'UNAUTHENTICATED') return 5;
  if (code === 'FORBIDDEN') return 5;
  return wrongAsking.has(code) ? 2 : 6;
}

const refusals: ReadonlySet<string> = new Set([
  'UPSTREAM_REJECTED',
  'DESTINATION_REJECTED',
  'QUOTA_EXCEEDED',
]);

/** The error for what the user has to mend, with carets below what is wrong with a rule. */
export function userErrorsFailure(errors: readonly UserError[], variables: Row): CommandError {
  const [first] = errors;
  const exitCode = first?.code === 'FORBIDDEN' ? 5 : refusals.has(first?.code ?? '') ? 6 : 2;
  return new CommandError(errors.flatMap((error) => linesOf(error, variables)).join('\n'), exitCode);
}

function linesOf({ code, message, field, hint, diagnostics }: UserError, variables: Row): string[] {
  const place = field === null || field === undefined ? [] : [`  at ${field.join('.')}`];
  const rule = valueAt(variables, (field ?? []).join('.'));
  if (typeof rule === 'string' && diagnostics && diagnostics.length > 0)
    return [`${code ?? 'ERROR'}:`, ...describeDiagnostics(diagnostics, rule)];
  return [`${code ?? 'ERROR'}: ${message}`, ...place, ...(hint ? [`  ${hint}`] : [])];
}

/** Each finding about a rule: its words, the line of the rule, and carets below the place. */
export function describeDiagnostics(diagnostics: readonly PqlDiagnostic[], rule: string): string[] {
  const lines = rule.split(/\r\n|\r|\n/);
  return diagnostics.flatMap(({ severity, message, line = 1, column = 1, from = 0, to = 0, suggestion }) => {
    const source = lines[line - 1] ?? '';
    const width = Math.max(1, Math.min(to - from, source.length - column + 1));
    const pad = source.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
    return [
      `  ${severity ?? 'ERROR'} ${line}:${column} ${message}`,
      `    ${source}`,
      `    ${pad}${'^'.repeat(width)}${suggestion ? ` ${suggestion}?` : ''}`,
    ];
  });
}
