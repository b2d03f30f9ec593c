import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { ExecutionResult } from 'graphql';
import type { Client } from 'graphql-ws';

export interface Subscriber<TData> {
  /** The next event; rejects when the stream ends, fails, or says nothing for 20 s. */
  next(): Promise<TData>;
  /** Every event until the stream completes. */
  all(): Promise<TData[]>;
  leave(): void;
}

/** A subscription whose events wait in a queue, so that no test races them. */
export function subscribe<TData, TVariables extends Record<string, unknown>>(
  client: Client,
  document: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
): Subscriber<TData> {
  const stream = client.iterate<TData>({ query: print(document), variables });
  const next = async (): Promise<TData | null> => {
    const result = await withDeadline(stream.next()).catch(rethrowAsError);
    if (result.done === true) return null;
    return dataOf(result.value as ExecutionResult<TData>);
  };
  return {
    next: async () => {
      const event = await next();
      if (event === null) throw new Error('The subscription completed.');
      return event;
    },
    all: async () => {
      const events: TData[] = [];
      for (let event = await next(); event !== null; event = await next()) events.push(event);
      return events;
    },
    leave: () => void stream.return?.(undefined),
  };
}

/** A subscription that is refused before its first event rejects with a list of GraphQL errors, which is no Error. */
function rethrowAsError(reason: unknown): never {
  throw reason instanceof Error ? reason : new Error(JSON.stringify(reason));
}

function dataOf<TData>(result: ExecutionResult<TData>): TData {
  if (result.errors !== undefined && result.errors.length > 0) throw new Error(JSON.stringify(result.errors));
  return result.data as TData;
}

function withDeadline<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The subscription said nothing for 20 s.')), 20_000);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}
