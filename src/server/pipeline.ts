import {
  GraphQLError,
  createSourceEventStream,
  execute,
  getOperationAST,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema, ValidationRule } from 'graphql';
import { LRUCache } from 'lru-cache';
import { isRecord } from '../lib/is-record';
import { findLengthError, parseOptions } from './limits';
import { withPartialErrors } from './partial-errors';
import type { AskedDocument, PersistedDocuments } from './persisted-documents';

/** What a document is held against; the same object serves HTTP and sockets. */
export interface Pipeline {
  readonly schema: GraphQLSchema;
  readonly limitRules: readonly ValidationRule[];
  /** True in production: "Did you mean …" would tell the schema bit by bit. */
  readonly hideSuggestions: boolean;
  /** The only documents that run; any may where there are none. */
  readonly persisted?: PersistedDocuments | null;
}

export interface OperationText extends AskedDocument {
  readonly query: string;
  readonly operationName?: string | null | undefined;
}

/** More errors than this are of no use to anybody, and make a long answer to a short attack. */
export const maxErrors = 3;

/**
 * Parses and validates one operation as the HTTP side does.
 *
 * @returns the document, or what is wrong with it; never throws, since a thrown error would end a whole socket.
 */
export function prepare(
  pipeline: Pipeline,
  asked: OperationText,
): { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] } {
  const query = documentFor(pipeline, asked);
  if (query instanceof GraphQLError) return { errors: [query] };
  const checked = validDocumentsOf(pipeline).get(query) ?? check(pipeline, query);
  if (!('kind' in checked)) return { errors: checked };
  const document = checked;
  validDocumentsOf(pipeline).set(query, document);
  if (getOperationAST(document, asked.operationName)) return { document };
  return { errors: [unresolved(asked.operationName)] };
}

/** In the words of graphql-js, which Apollo tells over HTTP. */
function unresolved(operationName: string | null | undefined): GraphQLError {
  const message =
    operationName === null || operationName === undefined
      ? 'Must provide operation name if query contains multiple operations.'
      : `Unknown operation named "${operationName}".`;
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

/** The text of the document that is asked for; over HTTP, Apollo is given what this answers. */
export function documentFor({ persisted }: Pipeline, asked: AskedDocument): string | GraphQLError {
  if (!persisted)
    return typeof asked.query === 'string' && asked.query !== '' ? asked.query : nothingNamed(asked);
  const message =
    'Only the persisted documents of this gateway run here: send the hash, or the very text, of one of them.';
  return persisted.find(asked) ?? new GraphQLError(message, { extensions: { code: 'PERSISTED_QUERY_ONLY' } });
}

/** As Apollo says it. */
function nothingNamed({ extensions }: AskedDocument): GraphQLError {
  if (isRecord(extensions) && Boolean(extensions['persistedQuery']))
    return new GraphQLError('PersistedQueryNotSupported', {
      extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' },
    });
  const message = 'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.';
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}

/** The events of a subscription, and what a subscriber is told of each. */
export interface EventStream {
  readonly events: AsyncIterator<unknown>;
  resultOf(event: unknown): Promise<ExecutionResult> | ExecutionResult;
}

/** Subscribes; what becomes of each event is up to who asks. */
export async function subscribe(args: ExecutionArgs): Promise<ExecutionResult | AsyncIterable<unknown>> {
  return createSourceEventStream(args);
}

/** Executes an operation, and tells what was left out of its lists. */
export async function run(args: ExecutionArgs): Promise<ExecutionResult> {
  return withPartialErrors(await execute(args), args.contextValue);
}

/** The document, or what is wrong with it. */
function check(
  { schema, limitRules, hideSuggestions }: Pipeline,
  query: string,
): DocumentNode | readonly GraphQLError[] {
  const lengthError = findLengthError(query);
  if (lengthError !== null) return [lengthError];
  const document = parseOrError(query);
  if (document instanceof GraphQLError) return [document];
  const rules = [...specifiedRules, ...limitRules];
  const errors = validate(schema, document, rules, { maxErrors, hideSuggestions });
  return errors.length > 0 ? errors.map(withValidationCode) : document;
}

/** Letters of the documents that are kept: the text alone is the key, so one that is kept tells nothing of who sent it. */
const maxKeptLetters = 4_000_000;
const validDocuments = new WeakMap<Pipeline, LRUCache<string, DocumentNode>>();

/** Sockets of one page send the same few documents again and again; checking one costs more than all else of a subscription. */
function validDocumentsOf(pipeline: Pipeline): LRUCache<string, DocumentNode> {
  let documents = validDocuments.get(pipeline);
  if (documents === undefined) {
    documents = new LRUCache({
      maxSize: maxKeptLetters,
      sizeCalculation: (_document, query) => query.length + 1,
    });
    validDocuments.set(pipeline, documents);
  }
  return documents;
}

function parseOrError(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, parseOptions);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { message, source, positions } = error;
    return new GraphQLError(message, { source, positions, extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
  }
}

function withValidationCode(error: GraphQLError): GraphQLError {
  if (error.extensions['code'] !== undefined) return error;
  const extensions = { ...error.extensions, code: 'GRAPHQL_VALIDATION_FAILED' };
  return new GraphQLError(error.message, { nodes: error.nodes ?? null, extensions });
}
