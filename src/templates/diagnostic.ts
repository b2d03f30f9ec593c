import type { PathStep } from './macro';

/** What can be wrong with a template beyond its shape. */
export type TemplateDiagnosticCode =
  | 'unclosed-macro'
  | 'unopened-macro'
  | 'bad-macro'
  | 'unknown-macro'
  | 'misplaced-macro'
  | 'macro-in-name'
  | 'raw-macro'
  | 'unknown-filter'
  | 'control-block'
  | 'bad-host'
  | 'bad-url'
  | 'bad-regex'
  | 'bad-form-field'
  | 'bad-answer-path'
  | 'bad-validation'
  | 'repeated-header'
  | 'two-bodies'
  | 'no-operations'
  | 'too-deep'
  /** A mask where no secret is kept. */
  | 'masked-secret'
  /** A mask whose secret may not go where the template would send or show it now. */
  | 'moved-secret';

export interface TemplateDiagnostic {
  readonly code: TemplateDiagnosticCode;
  /** The place in the document: `['metadataTemplate', 'create', 'uri']`. */
  readonly path: readonly PathStep[];
  /** For people; never holds a value of the template that could be a secret. */
  readonly message: string;
  /** The macro at fault, with its braces. */
  readonly macro?: string;
  /** What may have been meant, without braces. */
  readonly suggestion?: string;
}
