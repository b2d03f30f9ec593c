import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { MovingJob } from './moving-jobs';
import { Broken } from './told-story';
import type { Told } from './told-story';

/** What a stream tells, held to what it may tell. Each method throws Broken. */
export interface Hearing {
  /** @param isResumed it gave a cursor. */
  opened(isResumed: boolean): void;
  heard(told: Told): void;
  /** @returns true where it has come to its end. */
  completed(): void;
}

export interface FollowerOptions {
  readonly name: string;
  readonly org: string;
  /** One job, or all of its org. */
  readonly job: MovingJob | null;
  readonly hearing: Hearing;
  readonly random: () => number;
  /** Addresses of replicas that take people in. */
  readonly urls: () => readonly string[];
  /** Whether the upstream failed so lately that a new stream may fail for it. */
  readonly isUpstreamTroubled: () => boolean;
  readonly broken: (words: string) => void;
}

const event = `{ type cursor replayed previousStatus job { id status } }`;
const documents = {
  SEGMENT: `subscription ($id: ID!, $after: EventCursor) { event: segmentJobChanged(id: $id, after: $after) ${event} }`,
  EXPORT: `subscription ($id: ID!, $after: EventCursor) { event: exportJobChanged(id: $id, after: $after) ${event} }`,
  all: `subscription ($after: EventCursor) { event: jobsChanged(after: $after) ${event} }`,
};
const passing: readonly unknown[] = [
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_ERROR',
  'RATE_LIMITED',
];
/** Killed, asked to come again, cut off by itself. */
const closesForNow: readonly unknown[] = [1006, 1012, 4499];

/** One that is cut while it opens tells it by its close; as an error that nobody hears it would end the process. */
class CuttableSocket extends WebSocket {
  constructor(...args: ConstructorParameters<typeof WebSocket>) {
    super(...args);
    this.on('error', () => undefined);
  }
}

/** Somebody at the other end of a socket, who comes back with the last cursor, anywhere, until the stream has ended. */
export class Follower {
  /** Of each stream: when it was opened, and at which replica's door. */
  readonly openings: { readonly atMs: number; readonly url: string }[] = [];
  readonly closes: unknown[] = [];
  /** Its stream has ended, or it has left. */
  isOver = false;
  readonly ended: Promise<void>;
  private client: Client | null = null;
  private after: string | null = null;
  private url = '';
  /** What was heard and what happened, for whoever looks for a fault. */
  private readonly diary: string[] = [];

  constructor(private readonly options: FollowerOptions) {
    this.ended = this.live();
  }

  /** Loses its connection, and comes back elsewhere. */
  loseConnection(): void {
    if (this.client !== null) this.note('cuts its line');
    this.client?.terminate();
  }

  async leave(): Promise<void> {
    this.isOver = true;
    await this.client?.dispose();
    await this.ended;
  }

  private async live(): Promise<void> {
    while (!this.isOver) {
      const urls = this.options.urls().filter((url) => url !== this.url);
      const url = urls[Math.floor(this.options.random() * urls.length)] ?? this.options.urls()[0];
      if (url !== undefined) await this.listen(url);
      if (!this.isOver) await wait(50 + this.options.random() * 400);
    }
  }

  private async listen(url: string): Promise<void> {
    const { job, hearing } = this.options;
    this.url = url;
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: CuttableSocket,
      retryAttempts: 0,
      lazyCloseTimeout: 0,
      connectionParams: headersOf(this.options.org),
    });
    this.client = client;
    this.openings.push({ atMs: performance.now(), url });
    this.note(`opens ${url} ${this.after === null ? 'anew' : 'again'}`);
    try {
      hearing.opened(this.after !== null);
      const stream = client.iterate<{ event: Told }>({
        query: documents[job?.kind ?? 'all'],
        variables: { ...(job && { id: job.id }), after: this.after },
      });
      for await (const { data, errors } of stream) {
        if (errors !== undefined || !data)
          throw new Broken(`an event with errors: ${JSON.stringify(errors)}`);
        this.hear(data.event);
      }
      if (this.isOver) return;
      this.note('complete');
      hearing.completed();
      this.isOver = true;
    } catch (error) {
      this.failed(error);
    } finally {
      this.client = null;
      void client.dispose();
    }
  }

  private hear(told: Told): void {
    const { type, previousStatus, job, replayed } = told;
    const words = `${type} ${previousStatus ?? ''} > ${job?.status ?? ''}${replayed ? ' again' : ''}`;
    this.note(this.options.job === null ? `${words} ${job?.id ?? ''}` : words);
    this.options.hearing.heard(told);
    this.after = told.cursor;
  }

  private failed(error: unknown): void {
    if (this.isOver) return;
    const words = wordsOf(error);
    this.note(words);
    const code = codeOf(error);
    if (error instanceof Broken) this.tell(error.message);
    else if (Array.isArray(error)) {
      if (!passing.includes(code) || !this.options.isUpstreamTroubled()) this.tell(`was told ${words}`);
    } else if (typeof code === 'number') {
      this.closes.push(code);
      if (!closesForNow.includes(code)) this.tell(`was closed with ${words}`);
    }
    // Else nobody took the connection: the replica has just died.
  }

  /** @param words what is wrong. */
  tell(words: string): void {
    this.options.broken(`${this.options.name} ${words}\n  ${this.diary.slice(-40).join('\n  ')}`);
  }

  private note(words: string): void {
    this.diary.push(`${performance.now().toFixed(0)} ${words}`);
  }
}

export function headersOf(org: string): Readonly<Record<string, string>> {
  return {
    authorization: `Bearer token-of-${org}`,
    'x-api-key': 'a-key',
    'x-gw-ims-org-id': org,
    'x-sandbox-name': 'prod',
  };
}

function codeOf(error: unknown): unknown {
  if (Array.isArray(error)) {
    const [first] = error as readonly { readonly extensions?: { readonly code?: string } }[];
    return first?.extensions?.code;
  }
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function wordsOf(error: unknown): string {
  if (Array.isArray(error)) return `errors ${JSON.stringify(error)}`;
  if (typeof error === 'object' && error !== null && 'code' in error && 'reason' in error)
    return `close ${String(error.code)} ${String(error.reason)}`;
  return error instanceof Error ? error.message : String((error as { message?: unknown }).message);
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
