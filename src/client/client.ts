import { textOf } from './document';
import type { OperationDocument, Variables, VariablesAnd } from './document';
import { endpointOf } from './endpoint';
import { AudienceError, AudienceUserErrors, errorOfAnswer } from './errors';
import { postOperation } from './http';
import type { Fetch } from './http';
import { followJobs } from './follow-jobs';
import type { JobListOptions, JobPage } from './follow-jobs';
import { jobsChangedDocument, jobsChangedGap, jobsDocument, watchDocuments } from './job-documents';
import type { JobListEvent } from './job-list';
import type { JobEvent, JobOf, JobTarget, WatchedJob } from './job-types';
import { pagesOf } from './pages';
import type { Connection } from './pages';
import { createLazySocket } from './lazy-socket';
import { linkSignals } from './link-signals';
import { mapStream } from './map-stream';
import type { EventData } from './resume';
import type { AudienceSocketOptions } from './socket';
import type { StreamOptions } from './stream';
import { userErrorsOf } from './user-error';
import { waitForJob } from './wait-for-job';
import type { WaitOptions } from './wait-for-job';
import { jitteredWaitMs } from './waits';

export interface AudienceClientOptions extends AudienceSocketOptions {
  /** The platform's own unless told. */
  readonly fetch?: Fetch;
}

export interface CallOptions {
  /** For a deadline: `AbortSignal.timeout(5_000)`. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer with its errors beside it: a field that failed alone is null, and its siblings are there. */
export interface Execution<TData> {
  readonly data: TData | null;
  /** Null where there are none; `errors` of it holds each. */
  readonly error: AudienceError | null;
}

export interface AudienceClient {
  /** Queries and mutations: the data, whole. @throws AudienceError where anything failed; its `data` has the rest. */
  query<TData = unknown, TVariables = Variables>(
    document: OperationDocument<TData, TVariables>,
    ...rest: VariablesAnd<TVariables, CallOptions>
  ): Promise<TData>;

  /** The same, with what failed beside the data. @throws AudienceError only where no answer came. */
  execute<TData = unknown, TVariables = Variables>(
    document: OperationDocument<TData, TVariables>,
    ...rest: VariablesAnd<TVariables, CallOptions>
  ): Promise<Execution<TData>>;

  /** `query`, for mutations that must succeed. @throws AudienceUserErrors where any payload has `userErrors`. */
  mutate<TData = unknown, TVariables = Variables>(
    document: OperationDocument<TData, TVariables>,
    ...rest: VariablesAnd<TVariables, CallOptions>
  ): Promise<TData>;

  /**
   * Events over a WebSocket, from now on; leaving the loop ends it. After a break it comes back by itself, and goes on
   * behind the last event where the document has the variable `$after` and selects `cursor` and `type`.
   */
  subscribe<TData = unknown, TVariables = Variables>(
    document: OperationDocument<TData, TVariables>,
    ...rest: VariablesAnd<TVariables, StreamOptions>
  ): AsyncIterableIterator<TData>;

  /** One job: how it stands, each change, its end. `after` goes on behind an event of an earlier watch. */
  watchJob<TTarget extends JobTarget>(
    target: TTarget,
    options?: StreamOptions & { readonly after?: string },
  ): AsyncIterableIterator<JobEvent<JobOf<TTarget>>>;

  /**
   * A page of jobs that lives: the newest `first` that fit, newest first, at once and after each change. Leaving the loop
   * ends it; it comes back after a break as `subscribe` does.
   */
  jobs(options?: JobListOptions): AsyncIterableIterator<readonly WatchedJob[]>;

  /** The job when it has ended, by a socket, else by long polling. See wait-for-job.ts for its errors. */
  waitForJob<TTarget extends JobTarget>(
    target: TTarget,
    options?: WaitOptions<JobOf<TTarget>>,
  ): Promise<JobOf<TTarget>>;

  /** A list page by page: `pick` finds the connection in the answer; the document has the variable `$after`. */
  pages<TData, TVariables, TPage extends Connection>(
    document: OperationDocument<TData, TVariables>,
    variables: TVariables,
    pick: (data: TData) => TPage | null | undefined,
    options?: CallOptions,
  ): AsyncIterableIterator<TPage>;

  /** Ends every call, stream and wait, and the socket; the client is of no use after it. */
  close(): Promise<void>;
}

/**
 * A client of one gateway, for one caller. Opens nothing until it is asked for something.
 *
 * @throws TypeError where `url` is no http address.
 */
export function createAudienceClient(options: AudienceClientOptions): AudienceClient {
  const endpoint = endpointOf(options.url, options.headers);
  const fetch = options.fetch ?? ((...request: Parameters<Fetch>) => globalThis.fetch(...request));
  const closing = new AbortController();
  const socket = createLazySocket(options, closing.signal);

  const execute = async <TData>(
    document: OperationDocument<TData, never>,
    variables: unknown,
    { signal }: CallOptions,
  ): Promise<Execution<TData>> => {
    const linked = linkSignals(signal, closing.signal);
    try {
      const operation = { query: textOf(document), variables: variables ?? {} };
      const answer = await postOperation({ endpoint, fetch }, operation, linked.signal);
      const error = answer.errors.length === 0 ? null : errorOfAnswer(answer.errors, answer);
      return { data: answer.data as TData | null, error };
    } finally {
      linked.forget();
    }
  };
  const query = async <TData>(
    document: OperationDocument<TData, never>,
    variables: unknown,
    callOptions: CallOptions,
  ): Promise<TData> => {
    const { data, error } = await execute(document, variables, callOptions);
    if (error !== null) throw error;
    return data as TData;
  };
  const subscribe = <TData>(
    document: OperationDocument<TData, never>,
    variables: unknown,
    streamOptions: StreamOptions,
    gap?: EventData,
  ): AsyncIterableIterator<TData> => {
    const operation = { query: textOf(document), variables: { ...(variables as Variables | undefined) } };
    return socket.open<TData>(operation, streamOptions, gap);
  };
  const watchJob = (
    { kind, id }: JobTarget,
    { after, ...streamOptions }: StreamOptions & { readonly after?: string },
  ): AsyncIterableIterator<JobEvent> => {
    const events = subscribe<{ readonly event: JobEvent }>(
      watchDocuments[kind],
      { id, after },
      streamOptions,
    );
    return mapStream(events, ({ event }) => event);
  };
  const jobs = ({
    kinds,
    filter,
    first = 20,
    ...streamOptions
  }: JobListOptions): AsyncIterableIterator<readonly WatchedJob[]> => {
    const changes = (): AsyncIterableIterator<JobListEvent<WatchedJob>> =>
      mapStream(
        subscribe<{ readonly event: JobListEvent<WatchedJob> }>(
          jobsChangedDocument,
          { kinds, filter },
          streamOptions,
          jobsChangedGap,
        ),
        ({ event }) => event,
      );
    const page = async (): Promise<JobPage> =>
      (await query<{ readonly jobs: JobPage }>(jobsDocument, { kinds, filter, first }, streamOptions)).jobs;
    return followJobs({ changes, page }, { filter, first });
  };
  const wait = (target: JobTarget, waitOptions: WaitOptions): Promise<WatchedJob> => {
    const parts = {
      watch: (signal: AbortSignal) => watchJob(target, { signal }),
      query: (document: string, variables: Variables, signal: AbortSignal) =>
        query<{ readonly job: WatchedJob | null }>(document, variables, { signal }),
      retryWaitMs: options.retryWaitMs ?? jitteredWaitMs,
    };
    return waitForJob(parts, target, waitOptions);
  };

  return {
    query: (document, variables?, callOptions = {}) => query(document, variables, callOptions),
    execute: (document, variables?, callOptions = {}) => execute(document, variables, callOptions),
    mutate: async (document, variables?, callOptions = {}) => {
      const data = await query(document, variables, callOptions);
      const userErrors = userErrorsOf(data);
      if (userErrors.length > 0) throw new AudienceUserErrors(userErrors, data);
      return data;
    },
    subscribe: (document, variables?, streamOptions = {}) => subscribe(document, variables, streamOptions),
    // The gateway answers a job of the kind that was asked for; the types below the line know only "a job".
    watchJob: <TTarget extends JobTarget>(target: TTarget, watchOptions = {}) =>
      watchJob(target, watchOptions) as AsyncIterableIterator<JobEvent<JobOf<TTarget>>>,
    jobs: (jobListOptions = {}) => jobs(jobListOptions),
    waitForJob: <TTarget extends JobTarget>(target: TTarget, waitOptions = {}) =>
      wait(target, waitOptions) as Promise<JobOf<TTarget>>,
    pages: (document, variables, pick, callOptions = {}) =>
      pagesOf(async (after) => {
        const more = after === undefined ? variables : { ...variables, after };
        return pick(await query(document, more, callOptions));
      }),
    close: async () => {
      closing.abort(new AudienceError({ code: 'CLIENT_CLOSED', message: 'The client has been closed.' }));
      await socket.close();
    },
  };
}
