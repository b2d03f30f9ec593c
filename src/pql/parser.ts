import type {
  AccessStep,
  AggregateName,
  Argument,
  ArithmeticOperator,
  Expression,
  Identifier,
  Lambda,
  Query,
  VariableDeclaration,
} from './ast';
import type { PqlDiagnostic } from './diagnostics';
import { inTextOrder } from './diagnostics';
import { tokenize } from './lexer';
import { parseChain } from './parse-chain';
import { parseOccursTail } from './parse-occurs';
import type { Productions } from './productions';
import { atComparison, takeComparison } from './productions';
import { Reporter } from './reporter';
import type { Span } from './source';
import { SyntaxFailure, TokenStream } from './token-stream';
import { isReservedWord } from './words';

export interface ParseResult {
  /** Null where a diagnostic is an error. */
  readonly query: Query | null;
  readonly diagnostics: readonly PqlDiagnostic[];
}

/**
 * Reads a rule.
 *
 * Never throws, whatever the text; what is wrong comes back as diagnostics, several in one go where the text can be
 * picked up again after a mistake. Source: docs/pql.md.
 */
export function parsePql(text: string): ParseResult {
  const { tokens, diagnostics: lexical } = tokenize(text);
  if (lexical.some((diagnostic) => diagnostic.code === 'text-too-long')) {
    return { query: null, diagnostics: lexical };
  }
  const reporter = new Reporter(text);
  if (tokens.length === 1 && lexical.length === 0) {
    reporter.error('empty-rule', { from: 0, to: text.length }, {});
    return { query: null, diagnostics: reporter.diagnostics };
  }
  const query = new Parser(new TokenStream(tokens, reporter)).parseQuery();
  const diagnostics = inTextOrder([...lexical, ...reporter.diagnostics]);
  return { query: lexical.length > 0 || reporter.hasErrors ? null : query, diagnostics };
}

const additiveOperators: readonly ArithmeticOperator[] = ['+', '-'];
const multiplicativeOperators: readonly ArithmeticOperator[] = ['*', '/', '%'];
const aggregateNames: readonly AggregateName[] = ['sum', 'average', 'min', 'max'];

/**
 * One method per production; its docblock is the production. A method that cannot go on throws SyntaxFailure, which
 * `guarded` catches where reading can go on.
 */
class Parser implements Productions {
  /** In the binding of `let`, `in` ends it unless it stands in brackets. */
  private inIsMembership = true;

  constructor(readonly stream: TokenStream) {}

  /** query = lambda | expr ; */
  parseQuery(): Query {
    const start = this.stream.peek();
    const body = this.guarded(() =>
      this.atLambda() ? this.stream.nested(() => this.parseLambda()) : this.parseExpression(),
    );
    if (this.stream.peek().kind !== 'end') {
      this.guarded(() => this.stream.fail('an operator or the end of the rule'));
    }
    return { kind: 'query', span: this.stream.spanFrom(start), body };
  }

  /** lambda = "(" [ ident { "," ident } ] ")" "=>" expr ; */
  private parseLambda(): Lambda {
    const start = this.stream.peek();
    this.stream.expectMark('(');
    const parameters: Identifier[] = [];
    while (!this.stream.takeMark(')')) {
      if (parameters.length > 0) this.stream.expectMark(',');
      parameters.push(this.parseIdentifier('a parameter name'));
    }
    this.stream.expectMark('=>');
    const body = this.parseExpression();
    return { kind: 'lambda', span: this.stream.spanFrom(start), parameters, body };
  }

  /** True where a lambda begins: brackets around names alone, and an arrow. */
  private atLambda(): boolean {
    if (!this.stream.isMark('(')) return false;
    let ahead = 1;
    while (this.stream.wordAt(ahead) !== undefined || this.stream.isMark(',', ahead)) ahead += 1;
    return this.stream.isMark(')', ahead) && this.stream.isMark('=>', ahead + 1);
  }

  /** expr = orExpr ; orExpr = andExpr { "or" andExpr } ; */
  parseExpression(): Expression {
    return this.parseLogical('or', () =>
      // andExpr = notExpr { "and" notExpr } ;
      this.parseLogical('and', () => this.guarded(() => this.parseNot())),
    );
  }

  private parseLogical(operator: 'and' | 'or', parseOperand: () => Expression): Expression {
    const start = this.stream.peek();
    const first = parseOperand();
    const operands = [first];
    while (this.stream.takeWord(operator)) operands.push(parseOperand());
    if (operands.length === 1) return first;
    return { kind: 'logical', span: this.stream.spanFrom(start), operator, operands };
  }

  /** notExpr = ( "not" | "!" ) notExpr | relExpr ; */
  private parseNot(): Expression {
    const start = this.stream.peek();
    if (!this.stream.takeWord('not') && !this.stream.takeMark('!')) return this.parseRelation();
    // `not(…)` is one level, as any call is: its bracket counts.
    const operand = this.stream.isMark('(') ? this.parseNot() : this.stream.nested(() => this.parseNot());
    return { kind: 'not', span: this.stream.spanFrom(start), operand };
  }

  /**
   * relExpr = addExpr [ relOp addExpr | ("in"|"notIn") addExpr | ("like"|"matches") addExpr | "occurs" occursTail ] ;
   */
  private parseRelation(): Expression {
    const start = this.stream.peek();
    const left = this.parseAdditive();
    const relation = this.parseRelationTail(start, left);
    if (relation !== left && this.atRelation()) {
      this.stream.report('chained-comparison', {});
      throw new SyntaxFailure('the end of a comparison');
    }
    return relation;
  }

  private parseRelationTail(start: Span, left: Expression): Expression {
    const { stream } = this;
    const operator = takeComparison(this.stream);
    if (operator !== undefined) {
      const right = this.parseAdditive();
      return { kind: 'comparison', span: stream.spanFrom(start), operator, left, right };
    }
    if (!this.atRelation()) return left;
    const word = stream.wordAt();
    stream.next();
    switch (word) {
      case 'in':
      case 'notIn': {
        const right = this.parseAdditive();
        return { kind: 'membership', span: stream.spanFrom(start), operator: word, left, right };
      }
      case 'like':
      case 'matches': {
        const right = this.parseAdditive();
        return { kind: 'match', span: stream.spanFrom(start), operator: word, left, right };
      }
      default: {
        const tail = parseOccursTail(this);
        return { kind: 'occurs', span: stream.spanFrom(start), time: left, tail };
      }
    }
  }

  private atRelation(): boolean {
    const { stream } = this;
    if (atComparison(stream)) return true;
    if (stream.isWord('in')) return this.inIsMembership;
    return ['notIn', 'like', 'matches', 'occurs'].some((word) => stream.isWord(word));
  }

  /** addExpr = mulExpr { ("+"|"-") mulExpr } ; */
  parseAdditive(): Expression {
    return this.parseArithmetic('additive', additiveOperators, () =>
      // mulExpr = unary { ("*"|"/"|"%") unary } ;
      this.parseArithmetic('multiplicative', multiplicativeOperators, () => this.parseUnary()),
    );
  }

  private parseArithmetic(
    level: 'additive' | 'multiplicative',
    operators: readonly ArithmeticOperator[],
    parseOperand: () => Expression,
  ): Expression {
    const start = this.stream.peek();
    const first = parseOperand();
    const rest: { operator: ArithmeticOperator; operand: Expression }[] = [];
    for (
      let operator = this.takeOperator(operators);
      operator !== undefined;
      operator = this.takeOperator(operators)
    ) {
      rest.push({ operator, operand: parseOperand() });
    }
    if (rest.length === 0) return first;
    return { kind: 'arithmetic', span: this.stream.spanFrom(start), level, first, rest };
  }

  /** unary = [ "-" ] postfix ; */
  private parseUnary(): Expression {
    const start = this.stream.peek();
    if (!this.stream.takeMark('-')) return this.parsePostfix();
    const operand = this.parsePostfix();
    return { kind: 'negation', span: this.stream.spanFrom(start), operand };
  }

  /** postfix = primary { "." ident [ args ] | "[" expr "]" } ; */
  parsePostfix(): Expression {
    const start = this.stream.peek();
    const base = this.parsePrimary();
    const steps: AccessStep[] = [];
    for (let step = this.parseStep(); step !== undefined; step = this.parseStep()) steps.push(step);
    if (steps.length === 0) return base;
    return { kind: 'access', span: this.stream.spanFrom(start), base, steps };
  }

  private parseStep(): AccessStep | undefined {
    const { stream } = this;
    const start = stream.peek();
    if (stream.takeMark('[')) {
      const condition = this.bracketed(']', () => this.parseExpression());
      return { kind: 'filter', span: stream.spanFrom(start), condition };
    }
    if (!stream.takeMark('.')) return undefined;
    const nameStart = stream.peek();
    const name = stream.wordAt();
    if (name === undefined) return stream.fail('an attribute or a function after "."');
    stream.next();
    const span = stream.spanFrom(nameStart);
    if (!stream.isMark('(')) return { kind: 'member', span, name };
    return { kind: 'method', span, name, args: this.parseArguments() };
  }

  /** args = "(" [ arg { "," arg } ] ")" ;  arg = lambda | expr ; */
  private parseArguments(): readonly Argument[] {
    this.stream.expectMark('(');
    return this.bracketed(')', () =>
      this.parseItems(')', () => (this.atLambda() ? this.parseLambda() : this.parseExpression())),
    );
  }

  private parseItems<Item>(closing: ')' | ']' | '}', parseItem: () => Item): readonly Item[] {
    const items: Item[] = [];
    if (this.stream.isMark(closing)) return items;
    do items.push(parseItem());
    while (this.stream.takeMark(','));
    return items;
  }

  /** The inside of brackets whose opening was taken, and the closing one. */
  bracketed<Inside>(closing: ')' | ']' | '}', parseInside: () => Inside): Inside {
    const before = this.inIsMembership;
    this.inIsMembership = true;
    try {
      const inside = this.stream.nested(parseInside);
      this.stream.expectMark(closing);
      return inside;
    } finally {
      this.inIsMembership = before;
    }
  }

  /**
   * primary = literal | list | object | path | "$" int | up | call | chain
   *         | select | quantifier | aggregate | let | "(" expr ")" | "(" lambda ")" ;
   */
  private parsePrimary(): Expression {
    const { stream } = this;
    const token = stream.peek();
    const span: Span = { from: token.from, to: token.to };
    switch (token.kind) {
      case 'string':
        stream.next();
        return { kind: 'literal', span, type: 'string', value: token.value };
      case 'integer':
      case 'double':
        stream.next();
        return { kind: 'literal', span, type: token.kind, value: token.value };
      case 'parameter':
        stream.next();
        return { kind: 'parameter', span, position: token.position };
      case 'word':
        return this.parseWord(token.word, span);
      case 'punctuator':
        return this.parseMark(span);
      case 'end':
        return stream.fail('a value or a condition');
    }
  }

  private parseMark(start: Span): Expression {
    const { stream } = this;
    if (stream.isMark('^')) return this.parseUp(start);
    if (stream.takeMark('[')) {
      const items = this.bracketed(']', () => this.parseItems(']', () => this.parseExpression()));
      return { kind: 'list', span: stream.spanFrom(start), items };
    }
    if (stream.takeMark('{')) {
      const entries = this.bracketed('}', () => this.parseItems('}', () => this.parseEntry()));
      return { kind: 'object', span: stream.spanFrom(start), entries };
    }
    if (!stream.isMark('(')) return stream.fail('a value or a condition');
    stream.next();
    return this.bracketed(')', (): Expression => {
      if (!this.atLambda()) return this.parseExpression();
      const lambda = this.parseLambda();
      return { kind: 'application', span: lambda.span, lambda };
    });
  }

  /** entry = string ":" expr ; */
  private parseEntry(): { readonly key: string; readonly value: Expression } {
    const token = this.stream.peek();
    if (token.kind !== 'string') this.stream.fail('a key in double quotes');
    this.stream.next();
    this.stream.expectMark(':');
    return { key: token.value, value: this.parseExpression() };
  }

  /** up = "^" { "^" } [ "." ] ident ; */
  private parseUp(start: Span): Expression {
    let levels = 0;
    while (this.stream.takeMark('^')) levels += 1;
    const dotted = this.stream.takeMark('.');
    const name = dotted ? this.parseMemberName() : this.parseIdentifier('an attribute name after "^"').name;
    return { kind: 'up', span: this.stream.spanFrom(start), levels, name };
  }

  private parseMemberName(): string {
    const name = this.stream.wordAt();
    if (name === undefined) this.stream.fail('an attribute after "."');
    this.stream.next();
    return name;
  }

  /** Keywords that begin an expression, calls and names. */
  private parseWord(word: string, span: Span): Expression {
    const { stream } = this;
    switch (word) {
      case 'true':
      case 'false':
        stream.next();
        return { kind: 'literal', span, type: 'boolean', value: word === 'true' };
      case 'null':
        stream.next();
        return { kind: 'literal', span, type: 'null', value: null };
      case 'select':
        stream.next();
        return stream.nested(() => {
          const variables = this.parseDeclarations();
          return { kind: 'select', span: stream.spanFrom(span), variables };
        });
      case 'exists':
      case 'forall':
        stream.next();
        return stream.nested(() => {
          const variables = this.parseDeclarations();
          return { kind: 'quantifier', span: stream.spanFrom(span), quantifier: word, variables };
        });
      case 'let':
        return stream.nested(() => this.parseLet(span));
      default:
        return this.parseNameOrCall(word, span);
    }
  }

  private parseNameOrCall(word: string, span: Span): Expression {
    const { stream } = this;
    const aggregate = aggregateNames.find((name) => name === word);
    if (aggregate !== undefined) return stream.nested(() => this.parseAggregate(aggregate, span));
    const isCall = stream.isMark('(', 1);
    if (isCall && word.toLowerCase() === 'chain') return parseChain(this, span);
    if (isReservedWord(word) && !(isCall && word === 'if'))
      return stream.fail('a value or an attribute name');
    stream.next();
    if (!isCall) {
      this.refuseCapitals(word);
      return { kind: 'name', span, name: word };
    }
    const args = this.parseArguments();
    return { kind: 'call', span: stream.spanFrom(span), name: word, nameSpan: span, args };
  }

  /** `NOT x` reads as two names in a row; say what was meant. */
  private refuseCapitals(word: string): void {
    if (!/^(not|select|exists|forall|let)$/i.test(word) || this.stream.wordAt() === undefined) return;
    this.stream.report('word-in-capitals', { word, suggestion: word.toLowerCase() });
    throw new SyntaxFailure('a word in lower case');
  }

  /** let = "let" ident "=" exprNoIn "in" expr ; */
  private parseLet(start: Span): Expression {
    const { stream } = this;
    stream.expectWord('let');
    const variable = this.parseIdentifier('a variable name');
    stream.expectMark('=');
    const before = this.inIsMembership;
    this.inIsMembership = false;
    let value: Expression;
    try {
      value = this.parseExpression();
    } finally {
      this.inIsMembership = before;
    }
    stream.expectWord('in');
    const body = this.parseExpression();
    return { kind: 'let', span: stream.spanFrom(start), variable, value, body };
  }

  /** varDecls = varDecl { "," varDecl } ; */
  private parseDeclarations(): readonly VariableDeclaration[] {
    const declarations = [this.parseDeclaration()];
    // A comma belongs to us only when another declaration follows it; else to the list or call around.
    while (this.stream.isMark(',') && this.atDeclaration(1)) {
      this.stream.next();
      declarations.push(this.parseDeclaration());
    }
    return declarations;
  }

  private atDeclaration(ahead: number): boolean {
    const name = this.stream.wordAt(ahead);
    return name !== undefined && !isReservedWord(name) && this.stream.isWord('from', ahead + 1);
  }

  /** varDecl = ident "from" addExpr [ ( "where" | ":" ) expr ] ; */
  private parseDeclaration(): VariableDeclaration {
    const { stream } = this;
    const start = stream.peek();
    const variable = this.parseIdentifier('a variable name');
    stream.expectWord('from');
    const source = this.parseAdditive();
    const hasCondition = stream.takeWord('where') || stream.takeMark(':');
    const where = hasCondition ? this.parseExpression() : null;
    return { span: stream.spanFrom(start), variable, source, where };
  }

  /** aggregate = ( "sum" | "average" | "min" | "max" ) ( expr "over" varDecls | varDecl ) ; */
  private parseAggregate(aggregate: AggregateName, start: Span): Expression {
    const { stream } = this;
    stream.next();
    if (this.atDeclaration(0)) {
      const variables = [this.parseDeclaration()];
      return { kind: 'aggregate', span: stream.spanFrom(start), aggregate, value: null, variables };
    }
    const value = this.parseExpression();
    stream.expectWord('over');
    const variables = this.parseDeclarations();
    return { kind: 'aggregate', span: stream.spanFrom(start), aggregate, value, variables };
  }

  /** ident; never a word of the language. */
  parseIdentifier(expected: string): Identifier {
    const start = this.stream.peek();
    const name = this.stream.wordAt();
    if (name === undefined || isReservedWord(name)) return this.stream.fail(expected);
    this.stream.next();
    return { name, span: this.stream.spanFrom(start) };
  }

  private takeOperator(operators: readonly ArithmeticOperator[]): ArithmeticOperator | undefined {
    const operator = operators.find((mark) => this.stream.isMark(mark));
    if (operator !== undefined) this.stream.next();
    return operator;
  }

  /**
   * Runs a production; after a mistake goes on behind it. What it answers then is never seen: the query is
   * null.
   */
  private guarded<Result>(production: () => Result): Result | Expression {
    const start = this.stream.peek();
    try {
      return production();
    } catch (failure) {
      if (!(failure instanceof SyntaxFailure)) throw failure;
      this.stream.recover();
      return { kind: 'literal', span: this.stream.spanFrom(start), type: 'null', value: null };
    }
  }
}
