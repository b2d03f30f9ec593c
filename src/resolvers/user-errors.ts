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
import { toPlacedError } from './refused-places';
import { rejectionRules } from './rejection-rules';
import type { Subject } from './rejection-rules';

/** What a mutation's call came to: its answer, or what the user has to mend. */
export type Outcome<Value> =
  | { readonly value: Value; readonly userErrors: readonly [] }
  | { readonly value: null; readonly userErrors: readonly [UserError, ...UserError[]] };

/** An id of the input: what it names, in words, and where it stands. */
export interface IdPlace {
  readonly id: string;
  /** `segment`, `merge policy`. */
  readonly noun: string;
  readonly field: readonly string[];
}

/** What of the input a refusal may be about. */
export interface InputPlaces {
  /** What the mutation reads or changes: an unknown id is this one, where the refusal names no other. */
  readonly about?: IdPlace;
  /** What it only names. */
  readonly ids?: readonly IdPlace[];
  readonly rule?: readonly string[];
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
    const userErrors = error instanceof UpstreamError ? toUserErrors(subject, places, error) : null;
    if (userErrors === null) throw error;
    return { value: null, userErrors };
  }
}

/** A success that cannot be read: what was asked for may have been done. */
function withDoubt(error: UpstreamInvalidResponse): UpstreamInvalidResponse {
  const isSuccess = error.status === null || (error.status >= 200 && error.status <= 299);
  if (!isSuccess || error.outcomeUnknown) return error;
  const { message, cause, service, status } = error;
  return new UpstreamInvalidResponse(message, { service, status, outcomeUnknown: true }, { cause });
}

type UserErrors = readonly [UserError, ...UserError[]];

function toUserErrors(subject: Subject, places: InputPlaces, error: UpstreamError): UserErrors | null {
  if (error instanceof UpstreamNotFound) return [toNotFound(places, error)];
  if (!(error instanceof UpstreamConflict || error instanceof UpstreamRejected)) return null;
  const known = toPqlError(places, error) ?? toKnownRejection(subject, error) ?? toMissing(places, error);
  if (known !== null) return [{ ...known, field: known.field ?? mentionedIn(places, error)?.field ?? null }];
  const placed = error.problems.map((problem) => toPlacedError(subject, problem));
  const [first, ...others] = placed.filter((one) => one !== null);
  if (first !== undefined && placed.length === others.length + 1) return [first, ...others];
  return [{ ...toAnyRejection(error), field: mentionedIn(places, error)?.field ?? null }];
}

function toNotFound(places: InputPlaces, error: UpstreamError): UserError {
  const onlyId = places.ids?.length === 1 ? places.ids[0] : undefined;
  const missing = mentionedIn(places, error) ?? places.about ?? onlyId;
  if (missing !== undefined) return notThere(missing.field, missing.noun, missing.id);
  return { code: 'NOT_FOUND', message: error.message, field: null, hint: notFoundHint };
}

/** Some upstreams refuse a body that names what is not there with 400. */
function toMissing(places: InputPlaces, error: UpstreamError): UserError | null {
  const missing = mentionedIn(places, error);
  if (missing === undefined || !saysMissing.test(error.heard)) return null;
  return notThere(missing.field, missing.noun, missing.id);
}

const saysMissing = /there is no(ne)? |no such |(does not|doesn.t) exist|(not|cannot be|could not be) found/i;

function mentionedIn({ about, ids = [] }: InputPlaces, error: UpstreamError): IdPlace | undefined {
  const words = error.heard.split(/[^\w-]+/);
  const known = about === undefined ? ids : [...ids, about];
  return known.find(({ id }) => words.includes(id));
}

/** The user error for an id that names nothing. */
export function notThere(field: readonly string[], noun: string, id: string): UserError {
  return { code: 'NOT_FOUND', message: `There is no ${noun} ${id}.`, field, hint: notFoundHint };
}

/** The segments of a list, each with its place. */
export function segmentPlaces(ids: readonly string[], field: readonly string[]): IdPlace[] {
  return ids.map((id, index) => ({ id, noun: 'segment', field: [...field, String(index)] }));
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
      message: problem.message ?? 'The upstream does not take the rule at this place.',
      from,
      to: to ?? from,
      line: line ?? 1,
      column: column ?? 1,
      suggestion: problem.suggestion ?? null,
    },
  ];
}

function toKnownRejection(subject: Subject, error: UpstreamError): UserError | null {
  const haystack = [error.errorCode, ...error.problems.map(({ code }) => code), error.heard].join(' ');
  const rule = rejectionRules[subject].find(({ status, words }) =>
    status === undefined
      ? words?.test(haystack) === true
      : error.status === status && (words?.test(haystack) ?? true),
  );
  if (rule === undefined) return null;
  return {
    code: rule.code,
    message: rule.message ?? (isTold(error) ? messageOf(error) : rule.untold),
    field: rule.field ?? null,
    hint: rule.hint,
  };
}

function toAnyRejection(error: UpstreamError): UserError {
  const code: UserErrorCode = error instanceof UpstreamConflict ? 'CONFLICT' : 'UPSTREAM_REJECTED';
  return { code, message: messageOf(error), field: null, hint: null };
}

/** The upstream's words where they are plain; our own sentence where they are not. */
function messageOf({ message, problems }: UpstreamError): string {
  const told = problems.flatMap((problem) => problem.message ?? []);
  return told.length > 0 ? told.join(' ') : message;
}

function isTold({ detail, problems }: UpstreamError): boolean {
  return detail !== null || problems.some(({ message }) => message !== null);
}

/** An INVALID_INPUT about one place of the input. */
export function invalidInput(
  field: readonly string[],
  message: string,
  hint: string | null = null,
): UserError {
  return { code: 'INVALID_INPUT', message, field, hint };
}
