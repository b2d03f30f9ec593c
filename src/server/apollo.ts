import { AsyncLocalStorage } from 'node:async_hooks';
import { ApolloServer, HeaderMap } from '@apollo/server';
import type { ApolloServerPlugin, HTTPGraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { GraphQLError, OperationTypeNode } from 'graphql';
import type { Logger } from 'pino';
import { BadUserInput } from '../errors/bad-user-input';
import { isRecord } from '../lib/is-record';
import type { GatewayContext } from '../resolvers/context';
import { firstOperations } from './first-operations';
import { formatError } from './format-error';
import type { ErrorScope } from './format-error';
import { parseOptions } from './limits';
import { isToldFirst, takePartialErrors } from './partial-errors';
import { documentFor, maxErrors } from './pipeline';
import type { Pipeline } from './pipeline';

export interface GraphqlRequest {
  readonly method: string;
  readonly headers: ReadonlyMap<string, string>;
  /** With its question mark, or empty. */
  readonly search: string;
  readonly body: unknown;
  readonly scope: ErrorScope;
  /** Throws for a request that has no caller, which only pages have. */
  readonly createContext: () => GatewayContext;
}

/** `none` where nothing was found that could run. */
export type OperationType = `${OperationTypeNode}` | 'none';

export interface GraphqlAnswer {
  readonly http: HTTPGraphQLResponse;
  readonly operationType: OperationType;
  /** Codes of its errors, for the log; and the longest wait that one of them asks for. */
  readonly errorCodes: readonly unknown[];
  readonly retryAfterMs: number | null;
}

export interface GraphqlOverHttp {
  answer(request: GraphqlRequest): Promise<GraphqlAnswer>;
  stop(): Promise<void>;
}

interface AnswerScope extends ErrorScope {
  readonly errorCodes: unknown[];
  readonly waitsMs: number[];
  operationType: OperationType;
}

/** Apollo Server behind a plain function: GraphQL over HTTP, CSRF guard, Sandbox. Sockets do not come here. */
export async function startApollo(options: {
  readonly pipeline: Pipeline;
  readonly development: boolean;
  readonly log: Logger;
}): Promise<GraphqlOverHttp> {
  const { pipeline, development, log } = options;
  // Apollo's formatError is told neither the request nor its context.
  const scopes = new AsyncLocalStorage<AnswerScope>();
  const format = (error: unknown): ReturnType<typeof formatError> =>
    formatWithin(scopes.getStore() ?? newScope({ requestId: '', log }), error);
  const noteType: ApolloServerPlugin<GatewayContext> = {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ operation }) => {
          const scope = scopes.getStore();
          if (scope !== undefined && operation) scope.operationType = operation.operation;
          return Promise.resolve();
        },
      }),
  };
  const server = new ApolloServer<GatewayContext>({
    schema: pipeline.schema,
    validationRules: [...pipeline.limitRules],
    validationOptions: { maxErrors },
    parseOptions,
    introspection: development,
    hideSchemaDetailsFromClientErrors: pipeline.hideSuggestions,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    nodeEnv: development ? 'development' : 'production',
    logger: log,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      createLandingPage(development),
      noteType,
      refuseSubscriptions,
      tellLeftOut(format),
    ],
    formatError: (_formatted, error) => format(error),
  });
  await server.start();
  return {
    answer: async ({ method, headers, search, body, scope, createContext }) => {
      const answerScope = newScope(scope);
      const asked = pipeline.persisted ? withDocument(pipeline, body) : withoutHash(body);
      if (asked instanceof GraphQLError) return refused(formatWithin(answerScope, asked), answerScope);
      const http = await scopes.run(answerScope, () =>
        server.executeHTTPGraphQLRequest({
          httpGraphQLRequest: { method, headers: new HeaderMap(headers), search, body: asked },
          context: () => Promise.resolve(createContext()),
        }),
      );
      const { errorCodes, waitsMs, operationType } = answerScope;
      return {
        http,
        operationType,
        errorCodes,
        retryAfterMs: waitsMs.length > 0 ? Math.max(...waitsMs) : null,
      };
    },
    stop: () => server.stop(),
  };
}

/** The request with the text of its persisted document in the place of its hash. */
function withDocument(pipeline: Pipeline, body: unknown): unknown {
  const { extensions, documentId, ...rest } = isRecord(body) ? body : {};
  const query = documentFor(pipeline, { query: rest['query'], extensions, documentId });
  return query instanceof GraphQLError ? query : { ...rest, query };
}

/** Where every document runs, a hash beside its text says nothing; Apollo would refuse it. */
function withoutHash(body: unknown): unknown {
  if (!isRecord(body) || typeof body['query'] !== 'string' || body['query'] === '') return body;
  const { extensions, ...rest } = body;
  if (!isRecord(extensions)) return body;
  const { persistedQuery: _hash, ...others } = extensions;
  return { ...rest, extensions: others };
}

function refused(error: ReturnType<typeof formatError>, { errorCodes }: AnswerScope): GraphqlAnswer {
  const headers = new HeaderMap([['content-type', 'application/json; charset=utf-8']]);
  const string = `${JSON.stringify({ errors: [error] })}\n`;
  const http = { status: 400, headers, body: { kind: 'complete', string } } as const;
  return { http, operationType: 'none', errorCodes, retryAfterMs: null };
}

/** Apollo would run a subscription as if it were a query, and fail for a reason that helps nobody. */
const refuseSubscriptions: ApolloServerPlugin<GatewayContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ operation }) => {
        if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return Promise.resolve();
        const refused = new BadUserInput(
          'A subscription is answered by a stream: open a WebSocket at this address with the protocol graphql-transport-ws, or send it with `Accept: text/event-stream` or multipart/mixed;subscriptionSpec=1.0.',
        );
        // Only a GraphQLError can tell Apollo the status; it would be 500.
        throw new GraphQLError(refused.message, {
          originalError: refused,
          extensions: { http: { status: 400 } },
        });
      },
    }),
};

/** What was left out of lists is told among the errors of the answer; what stands in several fields, once. */
function tellLeftOut(
  format: (error: unknown) => ReturnType<typeof formatError>,
): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ response: { body }, contextValue, errors = [] }) => {
          const partial = takePartialErrors(contextValue);
          if (body.kind !== 'single' || errors.length + partial.length === 0) return Promise.resolve();
          // Apollo formats the errors one by one, in their order.
          const ended = (body.singleResult.errors ?? []).filter(isToldFirst(errors));
          body.singleResult.errors = [...ended, ...partial.map(format)];
          return Promise.resolve();
        },
      }),
  };
}

function newScope(scope: ErrorScope): AnswerScope {
  return { ...scope, errorCodes: [], waitsMs: [], operationType: 'none' };
}

function formatWithin(scope: AnswerScope, error: unknown): ReturnType<typeof formatError> {
  const formatted = formatError(error, scope);
  scope.errorCodes.push(formatted.extensions?.['code']);
  const retryAfterMs = formatted.extensions?.['retryAfterMs'];
  if (typeof retryAfterMs === 'number') scope.waitsMs.push(retryAfterMs);
  return formatted;
}

function createLandingPage(development: boolean): ReturnType<typeof ApolloServerPluginLandingPageDisabled> {
  if (!development) return ApolloServerPluginLandingPageDisabled();
  const [{ document }] = firstOperations;
  return ApolloServerPluginLandingPageLocalDefault({ embed: true, document, footer: false });
}
