/** What the user can mend, as mutations answer it; a document holds the fields that it selects. */
export interface UserError {
  readonly code?: string;
  readonly message: string;
  /** Where in the input, e.g. `['input', 'expression', 'text']`. */
  readonly field?: readonly string[] | null;
  readonly hint?: string | null;
  readonly retryAt?: string | null;
  /** For INVALID_PQL; offsets count UTF-16 units, as JavaScript's own do. */
  readonly diagnostics?: readonly PqlDiagnostic[] | null;
}

export interface PqlDiagnostic {
  readonly severity?: 'ERROR' | 'WARNING' | 'INFO';
  readonly code?: string;
  readonly message: string;
  readonly from?: number;
  readonly to?: number;
  readonly line?: number;
  readonly column?: number;
  readonly suggestion?: string | null;
}

/** The user errors of every payload in the answer of a mutation. */
export function userErrorsOf(data: unknown): readonly UserError[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.values(data).flatMap((payload: unknown) => {
    const errors = (payload as { readonly userErrors?: unknown } | null)?.userErrors;
    return Array.isArray(errors) ? (errors as readonly UserError[]) : [];
  });
}
