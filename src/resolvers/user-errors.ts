import {
  UpstreamConflict,
  UpstreamError,
  UpstreamInvalidResponse,
  UpstreamNotFound,
  UpstreamRejected,
} from '../errors/upstream-error';
import type { UpstreamProblemItem } from '../errors/upstream-error';
import type { PqlDiagnostic } from '../schema/pql-check.type';
import type { UserError, UserErrorCode } from '../schema/user-error.type';
import { rejectionRules } from './rejection-rules';
import type { Subject } from './rejection-rules';

/** What a mutation's call came to: its answer, or what the user has to mend. */
export type Outcome<Value> =
  | { readonly value: Value; readonly userErrors: readonly [] }
  | { readonly value: null; readonly userErrors: readonly [UserError, ...UserError[]] };

/** Says where in the input the id of the subject and its rule stand, for errors that are about them. */
export interface InputPlaces {
  readonly id?: readonly string[];
  readonly rule?: readonly string[];
  /** Where each id of the input stands: a refusal that speaks of one is about that place. */
  readonly ids?: ReadonlyMap<string, readonly string[]>;
}

/**
 * The one place where a mutation's UpstreamError becomes userErrors: what the user can mend (a refusal, a conflict, an
 * unknown id) is data; everything else is thrown on, to end the field with its code.
 */
export async function attempt<Value>(
  subject: Subject,
  places: InputPlaces,
  call: () => Promise<Value>,
): Promise<Outcome<Value>> {
  try {
    return { value: await call(), userErrors: [] };
  } catch (caught) {
    const error = caught instanceof UpstreamInvalidResponse ? withDoubt(caught) : caught;
    const userError = error instanceof UpstreamError ? toUserError(subject, places, error) : null;
    if (userError === null) throw error;
    return { value: null, userErrors: [userError] };
  }
}

/** A success that cannot be read: what was asked for may have been done. */
function withDoubt(error: UpstreamInvalidResponse): UpstreamInvalidResponse {
  const isSuccess = error.status === null || (error.status >= 200 && error.status <= 299);
  if (!isSuccess || error.outcomeUnknown) return error;
  const { message, cause, service, status } = error;
  return new UpstreamInvalidResponse(message, { service, status, outcomeUnknown: true }, { cause });
}

function toUserError(subject: Subject, places: InputPlaces, error: UpstreamError): UserError | null {
  if (error instanceof UpstreamNotFound) {
    const field = placeOfMentioned(places, error) ?? places.id ?? null;
    return { code: 'NOT_FOUND', message: error.message, field, hint: notFoundHint };
  }
  if (error instanceof UpstreamConflict || error instanceof UpstreamRejected) {
    const userError = toPqlError(places, error) ?? toRejection(subject, error);
    return { ...userError, field: userError.field ?? placeOfMentioned(places, error) };
  }
  return null;
}

function placeOfMentioned({ ids }: InputPlaces, error: UpstreamError): readonly string[] | null {
  if (ids === undefined) return null;
  const words = [error.message, ...error.problems.map(({ message }) => message)].join(' ').split(/[^\w-]+/);
  return words.map((word) => ids.get(word)).find((place) => place !== undefined) ?? null;
}

/** The user error for an id that names nothing. */
export function notThere(field: readonly string[], noun: string, id: string): UserError {
  return { code: 'NOT_FOUND', message: `There is no ${noun} ${id}.`, field, hint: notFoundHint };
}

/** The places of a list of ids, one behind the other. */
export function placesOf(ids: readonly string[], field: readonly string[]): [string, readonly string[]][] {
  return ids.map((id, index) => [id, [...field, String(index)]]);
}

const notFoundHint = 'Check the id, and that it belongs to the org and sandbox of this request.';

function toPqlError(places: InputPlaces, error: UpstreamError): UserError | null {
  const diagnostics = error.problems.flatMap(toDiagnostic);
  if (places.rule === undefined || diagnostics.length === 0) return null;
  return invalidPql(places.rule, diagnostics);
}

/** The user error for a rule that cannot be used: the words of its first error, all diagnostics beside. */
export function invalidPql(field: readonly string[], diagnostics: readonly PqlDiagnostic[]): UserError {
  const first = diagnostics.find(({ severity }) => severity === 'ERROR');
  return {
    code: 'INVALID_PQL',
    message: first?.message ?? 'The rule cannot be used.',
    field,
    hint: first?.suggestion
      ? `Did you mean ${first.suggestion}?`
      : 'Mend the rule at the places that diagnostics names.',
    diagnostics,
  };
}

/** Only a problem that says where it is in the text is about the text. */
function toDiagnostic(problem: UpstreamProblemItem): PqlDiagnostic[] {
  const { from, to, line, column } = problem;
  if (from === undefined) return [];
  return [
    {
      severity: 'ERROR',
      code: problem.code ?? 'rejected',
      message: problem.message,
      from,
      to: to ?? from,
      line: line ?? 1,
      column: column ?? 1,
      suggestion: problem.suggestion ?? null,
    },
  ];
}

function toRejection(subject: Subject, error: UpstreamError): UserError {
  const messages = error.problems.map(({ message }) => message);
  const message = messages.length > 0 ? messages.join(' ') : error.message;
  const haystack = [error.errorCode, error.title, ...error.problems.map(({ code }) => code), message].join(
    ' ',
  );
  const rule = rejectionRules[subject].find(({ status, words }) =>
    status === undefined
      ? words?.test(haystack) === true
      : error.status === status && (words?.test(haystack) ?? true),
  );
  const fallback: UserErrorCode = error instanceof UpstreamConflict ? 'CONFLICT' : 'UPSTREAM_REJECTED';
  return {
    code: rule?.code ?? fallback,
    message: rule?.message ?? message,
    field: rule?.field ?? null,
    hint: rule?.hint ?? null,
  };
}

/** An INVALID_INPUT about one place of the input. */
export function invalidInput(
  field: readonly string[],
  message: string,
  hint: string | null = null,
): UserError {
  return { code: 'INVALID_INPUT', message, field, hint };
}
