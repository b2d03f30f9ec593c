/**
 * The root of every error that a caller can act on. A bare Error is our own bug.
 *
 * `code` is stable and machine-readable; `message` says what happened, to what, and what to do. Never a token, a stack
 * or a person's data in either.
 */
export abstract class SegmentationError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}
