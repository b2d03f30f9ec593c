import type { AudienceSocket } from './socket';

/** What urql's subscriptionExchange asks for, in as many words as are used here. */
type ForwardSubscription = (request: {
  readonly query?: string | undefined;
  readonly variables?: unknown;
  readonly operationName?: string | undefined;
}) => {
  subscribe(observer: {
    next: (result: never) => void;
    error: (error: unknown) => void;
    complete: () => void;
  }): { unsubscribe: () => void };
};

/** `subscriptionExchange({ forwardSubscription: forwardTo(socket) })`: urql's subscriptions over an AudienceSocket. */
export function forwardTo(socket: AudienceSocket): ForwardSubscription {
  return ({ query = '', variables, operationName }) => ({
    subscribe: (observer) => {
      const operation = {
        query,
        variables: variables as Record<string, unknown> | undefined,
        operationName,
      };
      const unsubscribe = socket.subscribe(operation, {
        next: (result) => observer.next(result as never),
        error: (error) => observer.error(error),
        complete: () => observer.complete(),
      });
      return { unsubscribe };
    },
  });
}
