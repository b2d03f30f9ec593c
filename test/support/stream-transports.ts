import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  HttpLink,
  InMemoryCache,
  gql,
} from '@apollo/client';
import { CombinedProtocolErrors, ServerError } from '@apollo/client/errors';
import type { FormattedExecutionResult } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface StreamRequest {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
}

/** What a client made of an operation, in words that are the same for every transport. */
export interface Outcome {
  readonly data: unknown[];
  /** Of errors that came as GraphQL's own. */
  readonly codes: string[];
  /** `refused`: the connection was not let in. */
  readonly end: 'complete' | 'refused';
}

export interface StreamTransport {
  readonly name: string;
  run(origin: string, request: StreamRequest): Promise<Outcome>;
}

type Result = Pick<FormattedExecutionResult, 'data' | 'errors'>;

function codesOf(
  errors: readonly { readonly extensions?: Readonly<Record<string, unknown>> | undefined }[] = [],
): string[] {
  return errors.map(({ extensions }) => String(extensions?.['code']));
}

function outcomeOf(results: readonly Result[], end: Outcome['end'], more: string[] = []): Outcome {
  return {
    data: results.flatMap(({ data }) => (data === null || data === undefined ? [] : [data])),
    codes: [...results.flatMap(({ errors }) => codesOf(errors)), ...more],
    end,
  };
}

const overWebSocket: StreamTransport = {
  name: 'graphql-ws',
  run: async (origin, { headers, ...operation }) => {
    const client = createSocketClient({
      url: `${origin.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      ...(headers && { connectionParams: headers }),
    });
    const results: Result[] = [];
    const outcome = await new Promise<Outcome>((resolve) => {
      client.subscribe(operation, {
        next: (result) => void results.push(result as Result),
        complete: () => resolve(outcomeOf(results, 'complete')),
        error: (error) =>
          resolve(
            Array.isArray(error)
              ? outcomeOf(results, 'complete', codesOf(error as []))
              : outcomeOf(results, 'refused'),
          ),
      });
    });
    await client.dispose();
    return outcome;
  },
};

const overEvents: StreamTransport = {
  name: 'graphql-sse',
  run: async (origin, { headers, ...operation }) => {
    const client = createSseClient({
      url: `${origin}/graphql`,
      retryAttempts: 0,
      ...(headers && { headers }),
    });
    const results: Result[] = [];
    const end = await new Promise<Outcome['end']>((resolve) => {
      client.subscribe<never>(operation, {
        next: (result) => void results.push(result as Result),
        complete: () => resolve('complete'),
        error: () => resolve('refused'),
      });
    });
    client.dispose();
    return outcomeOf(results, end);
  },
};

const overParts: StreamTransport = {
  name: 'Apollo Client’s HttpLink',
  run: async (origin, { query, variables, headers }) => {
    // A document that cannot be parsed never leaves Apollo Client: such a one goes as bare HTTP.
    let document;
    try {
      document = gql(query);
    } catch {
      return postParts(origin, { query });
    }
    const link = new HttpLink({ uri: `${origin}/graphql`, ...(headers && { headers }) });
    const client = new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.from([link]) });
    const results: Result[] = [];
    return new Promise((resolve) => {
      client
        .subscribe({
          query: document,
          variables: variables ?? {},
          fetchPolicy: 'no-cache',
          errorPolicy: 'all',
        })
        .subscribe({
          next: ({ data, error }) => {
            if (ServerError.is(error)) resolve(outcomeOf(results, 'refused'));
            const errors =
              CombinedGraphQLErrors.is(error) || CombinedProtocolErrors.is(error) ? error.errors : [];
            results.push({ data: data ?? null, errors } as Result);
          },
          complete: () => resolve(outcomeOf(results, 'complete')),
          error: () => resolve(outcomeOf(results, 'refused')),
        });
    });
  },
};

async function postParts(origin: string, body: unknown): Promise<Outcome> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0, application/json',
    },
    body: JSON.stringify(body),
  });
  return outcomeOf([(await response.json()) as Result], 'complete');
}

export const streamTransports: readonly StreamTransport[] = [overWebSocket, overEvents, overParts];
