/** The one door of the PQL compiler: text → tree → checked rule → SQL. No I/O; the clock is given. */
export type { Query } from './ast';
export type { CheckedRule, CheckOptions, CheckResult } from './check/check-pql';
export { checkPql } from './check/check-pql';
export type { DiagnosticCode, PqlDiagnostic, Severity } from './diagnostics';
export { diagnosticCodes, formatDiagnostic } from './diagnostics';
export type { CompileOptions } from './emit/compile-rules';
export { compileRules } from './emit/compile-rules';
export type { CompiledPass } from './emit/compiled-pass';
export type { ParseResult } from './parser';
export { parsePql } from './parser';
export { printPql } from './printer';
