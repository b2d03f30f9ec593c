import type { UnionSchema } from '../../xdm/union-schema';
import { assertNever } from '../../lib/assert';
import type { Expression, Query } from '../ast';
import type { DiagnosticCode, DiagnosticParameters, PqlDiagnostic } from '../diagnostics';
import { inTextOrder } from '../diagnostics';
import { parsePql } from '../parser';
import { mostDiagnostics, Reporter } from '../reporter';
import type { Span } from '../source';
import type { Field, Source, Typed } from '../typed-tree';
import { reported } from '../typed-tree';
import { checkAccess } from './access';
import { checkArithmetic, checkNegation } from './arithmetic';
import { attributesOf } from './attributes';
import { callWithProfile, checkApplication, checkLet } from './bindings';
import { checkCall } from './calls';
import { checkChain } from './chain';
import type { Checker, Scope } from './checker';
import { checkComparison } from './comparison';
import { complexityProblem, sizeProblem } from './complexity';
import type { WrittenTest } from './constant-tests';
import { warnOfConstants } from './constant-tests';
import { checkListLiteral, checkLiteral, checkObjectLiteral } from './literals';
import { checkLogical, checkNot } from './logic';
import { checkMatch } from './match';
import { checkMembership } from './membership';
import { checkName, checkParameter, checkUpReference } from './names';
import { checkOccurs } from './occurs';
import { checkAggregate, checkQuantifier, checkSelect } from './quantifiers';
import { segmentsNamed } from './segments-named';
import { unwritablePart } from './single-values';
import { truthOf } from './truth';

/** A rule that was read and checked: what may be compiled. */
export interface CheckedRule {
  readonly text: string;
  readonly query: Query;
  /** Attribute paths that it reads, sorted; those of events begin with `xEvent.`. */
  readonly attributes: readonly string[];
  /** Segments that it names through `inSegment`, sorted, each once. */
  readonly segmentIds: readonly string[];
  /** The whole rule as a test of one profile. */
  readonly condition: Typed;
}

export interface CheckOptions {
  readonly schema: UnionSchema;
  /**
   * `allow` where the schema is not the whole truth: unknown attributes are warned of; such a rule is not
   * compiled.
   */
  readonly unknownAttributes: 'error' | 'allow';
}

export interface CheckResult {
  /** Null where a diagnostic is an error. */
  readonly rule: CheckedRule | null;
  readonly diagnostics: readonly PqlDiagnostic[];
}

/** Reads a rule and checks its names, types and limits. Never throws, whatever the text. */
export function checkPql(text: string, options: CheckOptions): CheckResult {
  const { query, partial, diagnostics } = parsePql(text);
  if (query === null) {
    const isFull = diagnostics.length >= mostDiagnostics;
    const isLong = diagnostics.some(({ code }) => code === 'too-complex');
    const others = partial === null || isFull || isLong ? [] : unknownNames(text, partial, options);
    return { rule: null, diagnostics: inTextOrder([...diagnostics, ...others]).slice(0, mostDiagnostics) };
  }
  const checker = new RuleChecker(text, options);
  const condition = checker.checkQuery(query);
  if (condition === null) return { rule: null, diagnostics: checker.diagnostics };
  const attributes = attributesOf(condition, checker.reads);
  return {
    rule: { text, query, attributes, segmentIds: segmentsNamed(condition), condition },
    diagnostics: checker.diagnostics,
  };
}

const codesOfNames: readonly DiagnosticCode[] = [
  ...(['unknown-attribute', 'unknown-function', 'function-after-dot', 'unknown-method'] as const),
];

/** Unknown names in what could be read of a rule with mistakes, so that all of them are told in one go. */
function unknownNames(text: string, partial: Query, options: CheckOptions): readonly PqlDiagnostic[] {
  const checker = new RuleChecker(text, options);
  checker.checkQuery(partial);
  return checker.diagnostics.filter(({ code }) => codesOfNames.includes(code));
}

/** A rule may use what a `let` names again and again; so often, all told, may expressions be looked at. */
const mostSteps = 100_000;

class TooManySteps extends Error {}

class RuleChecker implements Checker {
  readonly schema: UnionSchema;
  readonly unknownAttributes: 'error' | 'allow';
  readonly profile: Field;
  private readonly reporter: Reporter;
  private readonly said = new Set<string>();
  private readonly suggestions = new Map<string, string | undefined>();
  private readonly sources: Source[] = [];
  private readonly places = new WeakMap<Typed, Span>();
  private readonly noted = new Set<Typed>();
  private readonly tests: WrittenTest[] = [];
  private steps = 0;

  constructor(text: string, options: CheckOptions) {
    this.schema = options.schema;
    this.unknownAttributes = options.unknownAttributes;
    this.profile = { kind: 'field', owner: { kind: 'profile' }, type: options.schema.profile, path: '' };
    this.reporter = new Reporter(text);
  }

  get diagnostics(): readonly PqlDiagnostic[] {
    return inTextOrder(this.reporter.diagnostics);
  }

  /** What the rule names beside its test. */
  get reads(): readonly Typed[] {
    return [...this.noted];
  }

  /** The rule as a test of one profile; null where an error was reported. */
  checkQuery(query: Query): Typed | null {
    const scope: Scope = { variables: new Map(), contexts: [] };
    try {
      const value =
        query.body.kind === 'lambda'
          ? callWithProfile(query.body, scope, this)
          : this.value(query.body, scope);
      const condition = truthOf(value, this);
      if (this.reporter.hasErrors) return null;
      const size = sizeProblem(condition);
      const what = size === undefined ? unwritablePart(condition) : undefined;
      if (what !== undefined) {
        this.error('unsupported', query.span, { what });
        return null;
      }
      const why = size ?? complexityProblem(condition);
      if (why === undefined) {
        if (value.kind !== 'mapping') this.warnOfConstants({ span: query.span, test: condition });
        return condition;
      }
      this.error('too-complex', query.span, { why });
      return null;
    } catch (failure) {
      if (!(failure instanceof TooManySteps)) throw failure;
      this.error('too-complex', query.span, { why: 'its variables multiply.' });
      return null;
    }
  }

  /** A comparison with null has been told, with what to write instead. A map that a rule makes is no test at all. */
  private warnOfConstants(whole: WrittenTest): void {
    const isNews = ({ span }: WrittenTest): boolean => !this.said.has(keyOf('null-comparison', span));
    const [rule, ...parts] = [whole, ...this.tests].filter(isNews);
    if (rule === whole) warnOfConstants({ whole, parts }, this);
  }

  value(node: Expression, scope: Scope): Typed {
    this.steps += 1;
    if (this.steps > mostSteps) throw new TooManySteps();
    const value = checkNode(node, scope, this);
    if (isWritten(node) && value !== reported) this.places.set(value, node.span);
    return value;
  }

  test(node: Expression, scope: Scope): Typed {
    const test = truthOf(this.value(node, scope), this);
    // A literal says plainly what it is: `WHAT(true)` is any event.
    if (node.kind !== 'literal') this.tests.push({ span: node.span, test });
    return test;
  }

  placeOf(written: Typed): Span | undefined {
    return this.places.get(written);
  }

  noteReads(values: readonly Typed[]): void {
    for (const value of values) if (value.kind !== 'constant') this.noted.add(value);
  }

  error<Code extends DiagnosticCode>(code: Code, span: Span, parameters: DiagnosticParameters[Code]): Typed {
    // What a `let` names is checked at each use, and must not be told each time.
    if (this.isNews(code, span)) this.reporter.error(code, span, parameters);
    return reported;
  }

  warn<Code extends DiagnosticCode>(code: Code, span: Span, parameters: DiagnosticParameters[Code]): void {
    if (this.isNews(code, span)) this.reporter.warn(code, span, parameters);
  }

  suggestionAt(span: Span, find: () => string | undefined): string | undefined {
    const key = `${span.from} ${span.to}`;
    if (!this.suggestions.has(key)) this.suggestions.set(key, this.reporter.isFull ? undefined : find());
    return this.suggestions.get(key);
  }

  newItem(source: Source): number {
    return this.sources.push(source);
  }

  sourceOf(item: number): Source | undefined {
    return this.sources[item - 1];
  }

  private isNews(code: DiagnosticCode, span: Span): boolean {
    const key = keyOf(code, span);
    if (this.said.has(key)) return false;
    this.said.add(key);
    return true;
  }
}

function keyOf(code: DiagnosticCode, { from, to }: Span): string {
  return `${code} ${from} ${to}`;
}

/** A literal, or a negative number. */
function isWritten(node: Expression): boolean {
  return node.kind === 'literal' || (node.kind === 'negation' && node.operand.kind === 'literal');
}

/** Each kind of node with its rule; a forgotten kind fails to compile. */
function checkNode(node: Expression, scope: Scope, checker: Checker): Typed {
  switch (node.kind) {
    case 'literal':
      return checkLiteral(node, scope, checker);
    case 'list':
      return checkListLiteral(node, scope, checker);
    case 'object':
      return checkObjectLiteral(node, scope, checker);
    case 'name':
      return checkName(node, scope, checker);
    case 'parameter':
      return checkParameter(node, scope, checker);
    case 'up':
      return checkUpReference(node, scope, checker);
    case 'call':
      return checkCall(node, scope, checker);
    case 'access':
      return checkAccess(node, scope, checker);
    case 'negation':
      return checkNegation(node, scope, checker);
    case 'arithmetic':
      return checkArithmetic(node, scope, checker);
    case 'comparison':
      return checkComparison(node, scope, checker);
    case 'membership':
      return checkMembership(node, scope, checker);
    case 'match':
      return checkMatch(node, scope, checker);
    case 'occurs':
      return checkOccurs(node, scope, checker);
    case 'not':
      return checkNot(node, scope, checker);
    case 'logical':
      return checkLogical(node, scope, checker);
    case 'select':
      return checkSelect(node, scope, checker);
    case 'quantifier':
      return checkQuantifier(node, scope, checker);
    case 'aggregate':
      return checkAggregate(node, scope, checker);
    case 'let':
      return checkLet(node, scope, checker);
    case 'application':
      return checkApplication(node, scope, checker);
    case 'chain':
      return checkChain(node, scope, checker);
    default:
      return assertNever(node);
  }
}
