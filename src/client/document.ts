import { print } from 'graphql';
import type { DocumentNode } from 'graphql';

/** What carries the types of an operation; documents of codegen's client preset have it, in each of its modes. */
export interface DocumentTypes<TData, TVariables> {
  readonly __apiType?: (variables: TVariables) => TData;
}

/** An operation as text, or as a typed document: a tree (`TypedDocumentNode`) or a text (`TypedDocumentString`). */
export type OperationDocument<TData, TVariables> =
  | string
  | (DocumentNode & DocumentTypes<TData, TVariables>)
  | (DocumentText & DocumentTypes<TData, TVariables>);

/** Codegen's `documentMode: string` makes objects that print themselves. */
interface DocumentText {
  readonly kind?: undefined;
  toString(): string;
}

export type Variables = Readonly<Record<string, unknown>>;

/** The arguments behind a document: its variables may be left out where none of them is required. */
export type VariablesAnd<TVariables, TOptions> =
  Record<never, never> extends TVariables
    ? [variables?: TVariables, options?: TOptions]
    : [variables: TVariables, options?: TOptions];

export function textOf<TData, TVariables>(document: OperationDocument<TData, TVariables>): string {
  if (typeof document === 'string') return document;
  return document.kind === undefined ? document.toString() : print(document);
}
