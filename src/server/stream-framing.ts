import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { jsonOf } from './operation-results';
import type { OperationFailed } from './operation-results';

/** How results are written into the body of an HTTP answer that goes on. */
export interface StreamFraming {
  readonly transport: 'sse' | 'multipart';
  readonly contentType: string;
  /** Sent at once, so that proxies and browsers see that the answer has begun. */
  readonly opening: string;
  readonly heartbeat: string;
  next(result: FormattedExecutionResult): string;
  /** Ends the stream: nothing more will come, and the client need not ask again. */
  failed(failure: Pick<OperationFailed, 'errors' | 'endsConnection'>): string;
  readonly complete: string;
  /** Ends the connection but not the stream: the client is to come again. */
  readonly farewell: string;
}

/** A result that has no data says so by leaving the field out. */
type Failure = { readonly errors: readonly GraphQLFormattedError[] };

/**
 * GraphQL over server-sent events, distinct connections mode.
 *
 * Source: PROTOCOL.md of graphql-sse 2.6.
 */
export const eventStream: StreamFraming = {
  transport: 'sse',
  contentType: 'text/event-stream; charset=utf-8',
  opening: ':\n\n',
  heartbeat: ':\n\n',
  next: (result) => event('next', jsonOf(result)),
  failed: ({ errors }) => event('next', JSON.stringify({ errors } satisfies Failure)) + event('complete', ''),
  // EventSource tells its page of an event only where it has data, if empty.
  complete: event('complete', ''),
  farewell: ': the gateway restarts; come again with the cursor of the last event as after\nretry: 1000\n\n',
};

function event(name: 'next' | 'complete', data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

/**
 * Subscriptions as parts of one answer, as Apollo Client and Apollo Router take them.
 *
 * Source: https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
 */
export const multipart: StreamFraming = {
  transport: 'multipart',
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  opening: '\r\n--graphql',
  heartbeat: part({}),
  next: (result) => partOf(`{"payload":${jsonOf(result)}}`),
  failed: ({ errors, endsConnection }) =>
    `${part(endsConnection ? { payload: null, errors } : { payload: { data: null, errors } })}--\r\n`,
  complete: '--\r\n',
  farewell: '\r\n',
};

/** Each part ends with the next boundary, for a client shows a part only when it has seen that it is whole. */
function part(body: unknown): string {
  return partOf(JSON.stringify(body));
}

function partOf(json: string): string {
  return `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--graphql`;
}

/** Whether a client takes JSON, too: urql names it and streams in one header, and means streams for subscriptions. */
export function takesWholeAnswers(accept: string | undefined): boolean {
  return /(^|,)\s*(application\/(json|graphql-response\+json|\*)|\*\/\*)/i.test(accept ?? '');
}

/** What a client takes in place of one whole answer, by its Accept header; null: nothing but that. */
export function wantedFraming(accept: string | undefined): StreamFraming | null {
  const types = (accept ?? '')
    .toLowerCase()
    .split(',')
    .map((type) => type.replaceAll(/[\s"]/g, ''));
  if (types.some((type) => type.split(';')[0] === 'text/event-stream')) return eventStream;
  return types.some((type) => type.startsWith('multipart/mixed;') && type.includes(';subscriptionspec=1.0'))
    ? multipart
    : null;
}
