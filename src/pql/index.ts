/** The one door of the PQL compiler: text → tree → checked rule → SQL. No I/O; the clock is given. */
export { canStream } from './can-stream';
export type { CheckedRule } from './check/check-pql';
export { checkPql } from './check/check-pql';
export { dependencyOrder } from './dependency-order';
export type { PqlDiagnostic } from './diagnostics';
export { diagnosticCodes, formatDiagnostic } from './diagnostics';
export { compileRules } from './emit/compile-rules';
export type { ColumnsRead } from './emit/columns-read';
export type { CompiledPass } from './emit/compiled-pass';
export { rulesPerWord } from './emit/verdict-words';
export type { RuleExpression } from './expression';
export { checkExpression, readExpression } from './expression';
export type { TreeResult } from './json/parse-pql-json';
export { isPqlJson, parsePqlJson } from './json/parse-pql-json';
export { toPqlJson } from './json/to-pql-json';
export { parsePql } from './parser';
export { printPql } from './printer';
export { findReferenceFaults, segmentReferences } from './segment-references';
