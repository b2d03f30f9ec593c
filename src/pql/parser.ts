import type { AccessStep, AggregateName, Argument, Expression, Identifier, Lambda, Query } from './ast';
import type { PqlDiagnostic } from './diagnostics';
import { inTextOrder } from './diagnostics';
import { tokenize } from './lexer';
import { parseArithmetic } from './parse-arithmetic';
import { parseChain } from './parse-chain';
import { atDeclaration, parseAggregate, parseDeclarations } from './parse-declarations';
import { readHabit, refuseBrackets } from './parse-habits';
import { parseOccursTail } from './parse-occurs';
import type { Productions } from './productions';
import { atComparison, takeComparison } from './productions';
import { Reporter } from './reporter';
import type { Span } from './source';
import { syntaxFailure, SyntaxFailure, TokenStream } from './token-stream';
import { isReservedWord, wordInLowerCase } from './words';

export interface ParseResult {
  /** Null where a diagnostic is an error. */
  readonly query: Query | null;
  /**
   * Where there are errors, the tree as far as it could be made out: good for finding unknown names in, and nothing else.
   * Null where nothing was read.
   */
  readonly partial: Query | null;
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
    return { query: null, partial: null, diagnostics: lexical };
  }
  const reporter = new Reporter(text);
  if (tokens.length === 1 && lexical.length === 0) {
    reporter.error('empty-rule', { from: 0, to: text.length }, {});
    return { query: null, partial: null, diagnostics: reporter.diagnostics };
  }
  const query = new Parser(new TokenStream(tokens, reporter)).parseQuery();
  const diagnostics = inTextOrder([...lexical, ...reporter.diagnostics]);
  const isWhole = lexical.length === 0 && !reporter.hasErrors;
  return { query: isWhole ? query : null, partial: isWhole ? null : query, diagnostics };
}

const relationWords = ['in', 'notIn', 'like', 'matches', 'occurs'] as const;
/** What may stand behind a value. */
const operatorWords = ['and', 'or', 'in', 'notIn', 'like', 'matches', 'occurs'] as const;
const aggregateNames: readonly AggregateName[] = ['sum', 'average', 'min', 'max'];

/**
 * One method per production; its docblock is the production. A method that cannot go on throws SyntaxFailure, which
 * `guarded` catches where reading can go on.
 */
class Parser implements Productions {
  /** In the binding of `let`, `in` ends it unless it stands in brackets. */
  private inIsMembership = true;
  /** Right behind `in`, where brackets may have been meant for those of a list. */
  private listMayBegin = false;

  constructor(readonly stream: TokenStream) {}

  /** query = lambda | expr ; */
  parseQuery(): Query {
    const start = this.stream.peek();
    const body = this.guarded(() =>
      this.atLambda() ? this.stream.nested(() => this.parseLambda()) : this.parseExpression(),
    );
    const others: Expression[] = [];
    while (this.stream.peek().kind !== 'end') others.push(...this.readOn());
    const span = this.stream.spanFrom(start);
    if (others.length === 0 || body.kind === 'lambda') return { kind: 'query', span, body };
    const all: Expression = { kind: 'logical', span, operator: 'and', operands: [body, ...others] };
    return { kind: 'query', span, body: all };
  }

  /** Says what cannot stand behind a whole expression, and reads the rest for its own mistakes. */
  private readOn(): readonly Expression[] {
    const { stream } = this;
    this.guarded(() => {
      if (!stream.isMark('=>')) return stream.fail('an operator or the end of the rule', operatorWords);
      const instead = '>= to compare, or (name) => … for a lambda';
      return stream.report('foreign-syntax', { written: '=>', instead });
    });
    // Recovery stops before what joins or closes; that is passed over here, so that each round takes something.
    stream.next();
    return stream.peek().kind === 'end' ? [] : [this.parseExpression()];
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
      throw syntaxFailure;
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
    const word = this.takeRelationWord();
    if (word === undefined) return readHabit(this, start, left) ?? left;
    switch (word) {
      case 'in':
      case 'notIn': {
        const right = this.parseList();
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

  /** True where a comparison goes on that is one already. */
  private atRelation(): boolean {
    const { stream } = this;
    if (atComparison(stream)) return true;
    return relationWords.some((word) => stream.isWord(word) && (word !== 'in' || this.inIsMembership));
  }

  /** In capitals or nearly right a word is taken too, and said. */
  private takeRelationWord(): (typeof relationWords)[number] | undefined {
    const { stream } = this;
    const words = this.inIsMembership ? relationWords : relationWords.filter((word) => word !== 'in');
    return words.find((word) => stream.takeWord(word)) ?? this.takeMisspeltOperator(words);
  }

  /** Behind a value no name can stand: `occur today` is `occurs today`. Short words could be anything. */
  private takeMisspeltOperator<Word extends string>(words: readonly Word[]): Word | undefined {
    const written = this.stream.wordAt() ?? '';
    return written.length < 4 ? undefined : this.stream.takeMisspelt(words);
  }

  /** The right side of `in`; a list in round or curly brackets is said to need square ones. */
  private parseList(): Expression {
    const { stream } = this;
    const start = stream.peek();
    if (stream.isMark('{') && !stream.isMark('}', 1) && !stream.isMark(':', 2)) {
      stream.next();
      const items = this.bracketed('}', () => this.parseItems('}', () => this.parseExpression()));
      return refuseBrackets(stream, '{…}', { kind: 'list', span: stream.spanFrom(start), items });
    }
    this.listMayBegin = stream.isMark('(');
    return this.parseAdditive();
  }

  /** The inside of round brackets: a value; behind `in` also several, which is a list in wrong brackets. */
  private parseBracketed(start: Span): Expression {
    const { stream } = this;
    const mayBeList = this.listMayBegin;
    this.listMayBegin = false;
    stream.next();
    let items: readonly Expression[] = [];
    const inside = this.bracketed(')', (): Expression => {
      if (this.atLambda()) {
        const lambda = this.parseLambda();
        return { kind: 'application', span: lambda.span, lambda };
      }
      const first = this.parseExpression();
      if (mayBeList && stream.takeMark(',')) {
        items = [first, ...this.parseItems(')', () => this.parseExpression())];
      }
      return first;
    });
    if (items.length === 0) return inside;
    return refuseBrackets(stream, '(…)', { kind: 'list', span: stream.spanFrom(start), items });
  }

  /** addExpr = mulExpr { ("+"|"-") mulExpr } ; mulExpr = unary { ("*"|"/"|"%") unary } ; */
  parseAdditive(): Expression {
    return parseArithmetic(this.stream, 'additive', () =>
      parseArithmetic(this.stream, 'multiplicative', () => this.parseUnary()),
    );
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
      this.stream.close(closing);
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
    return this.parseBracketed(start);
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
  private parseWord(written: string, span: Span): Expression {
    const { stream } = this;
    const lower = wordInLowerCase(written);
    const isOpening = lower !== undefined && isReservedWord(written);
    if (isOpening) stream.report('word-in-capitals', { word: written, suggestion: lower });
    const word = isOpening ? lower : written;
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
          const variables = parseDeclarations(this);
          return { kind: 'select', span: stream.spanFrom(span), variables };
        });
      case 'exists':
      case 'forall':
        stream.next();
        return stream.nested(() => {
          const variables = parseDeclarations(this);
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
    if (aggregate !== undefined) return stream.nested(() => parseAggregate(this, aggregate, span));
    const isCall = stream.isMark('(', 1);
    if (isCall && word.toLowerCase() === 'chain') return parseChain(this, span);
    if (word === 'if' && !isCall) this.refuseBareIf();
    if (isReservedWord(word) && !(isCall && word === 'if'))
      return stream.fail('a value or an attribute name');
    if (atDeclaration(stream, 1) && stream.takeMisspelt(['select', 'exists', 'forall']) !== undefined) {
      return { kind: 'select', variables: parseDeclarations(this), span: stream.spanFrom(span) };
    }
    stream.next();
    if (!isCall) return { kind: 'name', span, name: word };
    const args = this.parseArguments();
    return { kind: 'call', span: stream.spanFrom(span), name: word, nameSpan: span, args };
  }

  private refuseBareIf(): never {
    const instead = 'if(condition, then, else)';
    this.stream.reportOver(1, 'foreign-syntax', { written: 'if …', instead });
    throw syntaxFailure;
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

  /** ident; never a word of the language. */
  parseIdentifier(expected: string): Identifier {
    const start = this.stream.peek();
    const name = this.stream.wordAt();
    if (name === undefined || isReservedWord(name)) return this.stream.fail(expected);
    this.stream.next();
    return { name, span: this.stream.spanFrom(start) };
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
