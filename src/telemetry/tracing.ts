/** Traces in plain words; a span belongs to the one around it, wherever the work is carried on. */
export interface Tracing {
  /** False: nothing is recorded, and nobody need prepare anything for it. */
  readonly isOn: boolean;
  /** Runs within a new span, and ends it when the work ends; a throw marks it as failed, without its message. */
  span<T>(spec: SpanSpec, run: (span: Span) => Promise<T>): Promise<T>;
  /** Runs outside of every span: what it starts outlives the work that asked for it. */
  detached<T>(run: () => T): T;
  /** Runs within a span that was taken by `current`, also one that has ended. */
  within<T>(span: Span, run: () => T): T;
  current(): Span;
  /** Sends what has not been sent, within some seconds. */
  close(): Promise<void>;
}

export interface SpanSpec {
  /** Of few values: never with an id. */
  readonly name: string;
  readonly kind: 'server' | 'internal' | 'client';
  readonly attributes?: SpanAttributes;
  /** The W3C `traceparent` of who asked; read only where there is no span around. */
  readonly traceparent?: string | undefined;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface Span {
  rename(name: string): void;
  set(attributes: SpanAttributes): void;
  /** Marks it as failed, by a code of few values. */
  fail(code: string): void;
}

/** A span that nobody records. */
export const noSpan: Span = { rename: () => undefined, set: () => undefined, fail: () => undefined };

/** For nobody who listens: costs a call. */
export const noTracing: Tracing = {
  isOn: false,
  span: (_spec, run) => run(noSpan),
  detached: (run) => run(),
  within: (_span, run) => run(),
  current: () => noSpan,
  close: () => Promise.resolve(),
};
