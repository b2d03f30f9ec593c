import type { Span } from './source';
import type { TimeUnit } from './words';

/**
 * The tree of a rule as it is written; every node has its span. Brackets leave no node: the printer puts them where
 * precedence asks for them. Chains (`a or b or c`, `a + b - c`, `a.b.c`) are flat, so that a long rule is not a deep one.
 */
export interface Query {
  readonly kind: 'query';
  readonly span: Span;
  /** A lambda only at the top: the profile is its parameter. */
  readonly body: Expression | Lambda;
}

export type Expression =
  | Literal
  | ListLiteral
  | ObjectLiteral
  | Name
  | Parameter
  | UpReference
  | Call
  | Access
  | Negation
  | Arithmetic
  | Comparison
  | Membership
  | Match
  | Occurs
  | Not
  | Logical
  | Select
  | Quantifier
  | Aggregate
  | Let
  | Application
  | Chain;

export type Literal = { readonly kind: 'literal'; readonly span: Span } & LiteralValue;

type LiteralValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'integer' | 'double'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'null'; readonly value: null };

export interface ListLiteral {
  readonly kind: 'list';
  readonly span: Span;
  readonly items: readonly Expression[];
}

export interface ObjectLiteral {
  readonly kind: 'object';
  readonly span: Span;
  readonly entries: readonly { readonly key: string; readonly value: Expression }[];
}

/** A bare name: an attribute, a variable, or `xEvent`. */
export interface Name {
  readonly kind: 'name';
  readonly span: Span;
  readonly name: string;
}

/** `$1`. */
export interface Parameter {
  readonly kind: 'parameter';
  readonly span: Span;
  readonly position: number;
}

/** `^name`, `^^.name`: a name seen from so many item contexts further out. */
export interface UpReference {
  readonly kind: 'up';
  readonly span: Span;
  readonly levels: number;
  readonly name: string;
}

/** `inSegment("…")`, `date(2019, 4, 1)`, `if(a, b, c)`. */
export interface Call {
  readonly kind: 'call';
  readonly span: Span;
  readonly name: string;
  readonly nameSpan: Span;
  readonly args: readonly Argument[];
}

export type Argument = Expression | Lambda;

/** `(P) => …`: as the whole rule or as an argument. */
export interface Lambda {
  readonly kind: 'lambda';
  readonly span: Span;
  readonly parameters: readonly Identifier[];
  readonly body: Expression;
}

export interface Identifier {
  readonly name: string;
  readonly span: Span;
}

/** `base.member`, `base.method(…)`, `base[filter]`, in a row. */
export interface Access {
  readonly kind: 'access';
  readonly span: Span;
  readonly base: Expression;
  /** At least one. */
  readonly steps: readonly AccessStep[];
}

export type AccessStep =
  | { readonly kind: 'member'; readonly span: Span; readonly name: string }
  | {
      readonly kind: 'method';
      readonly span: Span;
      readonly name: string;
      readonly args: readonly Argument[];
    }
  | { readonly kind: 'filter'; readonly span: Span; readonly condition: Expression };

export interface Negation {
  readonly kind: 'negation';
  readonly span: Span;
  readonly operand: Expression;
}

export type AdditiveOperator = '+' | '-';
export type MultiplicativeOperator = '*' | '/' | '%';
export type ArithmeticOperator = AdditiveOperator | MultiplicativeOperator;

/** A chain of one level of precedence, evaluated from the left. */
export interface Arithmetic {
  readonly kind: 'arithmetic';
  readonly span: Span;
  readonly level: 'additive' | 'multiplicative';
  readonly first: Expression;
  /** At least one. */
  readonly rest: readonly { readonly operator: ArithmeticOperator; readonly operand: Expression }[];
}

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export interface Comparison {
  readonly kind: 'comparison';
  readonly span: Span;
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Membership {
  readonly kind: 'membership';
  readonly span: Span;
  readonly operator: 'in' | 'notIn';
  readonly left: Expression;
  readonly right: Expression;
}

/** `like` and `matches` as infix operators. */
export interface Match {
  readonly kind: 'match';
  readonly span: Span;
  readonly operator: 'like' | 'matches';
  readonly left: Expression;
  readonly right: Expression;
}

export interface Occurs {
  readonly kind: 'occurs';
  readonly span: Span;
  readonly time: Expression;
  readonly tail: OccursTail;
}

export type Direction = 'before' | 'after' | 'from';

export type OccursTail =
  | {
      readonly form: 'distance';
      readonly operator: ComparisonOperator;
      readonly amount: Expression;
      readonly unit: TimeUnit;
      readonly direction: Direction;
      readonly reference: TimeReference;
    }
  | { readonly form: 'direction'; readonly direction: Direction; readonly reference: TimeReference }
  | { readonly form: 'between'; readonly first: TimeReference; readonly last: TimeReference }
  | { readonly form: 'on'; readonly reference: TimeReference };

export type NamedTime = 'now' | 'today' | 'yesterday' | 'tomorrow';

export type TimeReference = { readonly span: Span } & (
  | { readonly kind: NamedTime }
  | { readonly kind: 'calendar'; readonly which: 'this' | 'last' | 'next'; readonly unit: TimeUnit }
  | { readonly kind: 'value'; readonly value: Expression }
);

export interface Not {
  readonly kind: 'not';
  readonly span: Span;
  readonly operand: Expression;
}

export interface Logical {
  readonly kind: 'logical';
  readonly span: Span;
  readonly operator: 'and' | 'or';
  /** At least two. */
  readonly operands: readonly Expression[];
}

/** `V from A where C`. */
export interface VariableDeclaration {
  readonly span: Span;
  readonly variable: Identifier;
  readonly source: Expression;
  readonly where: Expression | null;
}

export interface Select {
  readonly kind: 'select';
  readonly span: Span;
  readonly variables: readonly VariableDeclaration[];
}

export interface Quantifier {
  readonly kind: 'quantifier';
  readonly span: Span;
  readonly quantifier: 'exists' | 'forall';
  readonly variables: readonly VariableDeclaration[];
}

export type AggregateName = 'sum' | 'average' | 'min' | 'max';

/**
 * `sum e over V from A where C`; without `e`, the items of the one list themselves: `sum X from intArray
 * where X > 0`.
 */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly span: Span;
  readonly aggregate: AggregateName;
  readonly value: Expression | null;
  readonly variables: readonly VariableDeclaration[];
}

export interface Let {
  readonly kind: 'let';
  readonly span: Span;
  readonly variable: Identifier;
  readonly value: Expression;
  readonly body: Expression;
}

/** A lambda in brackets, called with the profile. */
export interface Application {
  readonly kind: 'application';
  readonly span: Span;
  readonly lambda: Lambda;
}

export interface Chain {
  readonly kind: 'chain';
  readonly span: Span;
  readonly array: Expression;
  /** The path of the events' time. */
  readonly timestamp: Expression;
  readonly elements: readonly ChainElement[];
}

export interface ChainElement {
  readonly span: Span;
  readonly name: Identifier;
  readonly what: Expression;
  /** In the order written. */
  readonly clauses: readonly ChainClause[];
}

export type ChainClause =
  | { readonly kind: 'where'; readonly condition: Expression }
  | { readonly kind: 'when'; readonly tail: OccursTail }
  | { readonly kind: 'count'; readonly operator: ComparisonOperator | null; readonly count: Expression };
