import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import type { AllowedHost } from '../lib/allowed-host';
import { pause, systemTimers } from '../lib/timers';
import { createCallbackPost } from './callback-post';
import type { CallbackAnswer, CallbackPost } from './callback-post';
import { readTarget } from './callback-target';
import type { CallbackTarget, TargetReading } from './callback-target';
import { OperationFailed, jsonOf } from './operation-results';
import type { OperationResults } from './operation-results';
import type { StreamPace } from './stream-pace';

/** Subscriptions whose results are posted to the router that asked for them. */
export interface Callbacks {
  /** Where a body says that its results go, if the operator lets them. */
  readTarget(body: unknown): TargetReading;
  /** Asks the router whether it is he who wants them. */
  check(target: CallbackTarget): Promise<CallbackAnswer>;
  /** Posts the results, in order and one at a time, until they end or the router wants no more. Never rejects. */
  follow(subscription: CalledBack): Promise<void>;
  /** Tells every router that its subscriptions end here, and to come again. */
  close(): Promise<void>;
}

export interface CalledBack {
  readonly target: CallbackTarget;
  readonly results: OperationResults;
  readonly log: Logger;
}

type Pace = Pick<
  StreamPace,
  'callbackHeartbeatFloorMs' | 'callbackTimeoutMs' | 'callbackRetriesMs' | 'callbackFarewellMs'
>;

/** The part of an interval after which a sign of life is sent: at its very end, the way to the router makes it too late. */
const beatAt = 3 / 4;

const farewell: readonly GraphQLFormattedError[] = [
  {
    message: 'The gateway restarts; subscribe again, with the cursor of the last event as after.',
    extensions: { code: 'UPSTREAM_UNAVAILABLE' },
  },
];

const ownFault: readonly GraphQLFormattedError[] = [
  { message: 'Something went wrong inside the gateway.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
];

/** Makes the way back to routers. */
export function createCallbacks(options: {
  readonly allowedHosts: readonly AllowedHost[];
  readonly pace: Pace;
}): Callbacks {
  const { allowedHosts, pace } = options;
  const post = createCallbackPost({ timeoutMs: pace.callbackTimeoutMs });
  const rules = { allowedHosts, heartbeatFloorMs: pace.callbackHeartbeatFloorMs };
  const closing = new AbortController();
  const open = new Map<RouterLine, Promise<void>>();
  const lineTo = (target: CallbackTarget): RouterLine =>
    new RouterLine({ post, target, retriesMs: pace.callbackRetriesMs, closing: closing.signal });
  return {
    readTarget: (body) => readTarget(body, rules),
    check: (target) => lineTo(target).say('check'),
    follow: async ({ target, results, log }) => {
      const line = lineTo(target);
      const told = tellAll(line, { target, results, log }, closing.signal);
      open.set(line, told);
      await told;
      open.delete(line);
    },
    close: async () => {
      closing.abort();
      const late = new AbortController();
      await Promise.race([
        Promise.all(open.values()),
        pause(systemTimers, pace.callbackFarewellMs, late.signal),
      ]);
      late.abort();
      await post.close();
    },
  };
}

async function tellAll(
  line: RouterLine,
  { target, results, log }: CalledBack,
  closing: AbortSignal,
): Promise<void> {
  const leave = (): void => void results.return();
  line.onGone = (answer) => {
    const status = answer.kind === 'answered' ? answer.status : null;
    log.info(
      { callback: answer.kind, status },
      "A router's callback takes no more of a subscription, which ends",
    );
    leave();
  };
  closing.addEventListener('abort', leave, { once: true });
  if (closing.aborted) leave();
  const stopBeating = target.heartbeatMs === 0 ? null : line.beat(target.heartbeatMs);
  try {
    const errors = await postResults(line, results).finally(() => stopBeating?.());
    await line.complete(closing.aborted ? farewell : errors);
  } catch (error) {
    log.error({ err: error }, 'A subscription that calls back failed for a reason of our own');
    leave();
    await line.complete(ownFault);
  } finally {
    closing.removeEventListener('abort', leave);
  }
}

/** @returns what the subscription ended for; nothing where it has come to its end. */
async function postResults(
  line: RouterLine,
  results: OperationResults,
): Promise<readonly GraphQLFormattedError[]> {
  try {
    for await (const result of results) {
      // It never began: there is nothing but what is wrong with it.
      if (results.hasEnded && result.errors !== undefined) return result.errors;
      await line.say('next', `,"payload":${jsonOf(result)}`);
    }
    return [];
  } catch (error) {
    if (error instanceof OperationFailed) return error.errors;
    throw error;
  }
}

interface LineParts {
  readonly post: CallbackPost;
  readonly target: CallbackTarget;
  readonly retriesMs: readonly number[];
  readonly closing: AbortSignal;
}

/** What a router is told of one subscription: one message after the other, each until it is taken. */
class RouterLine {
  onGone: (answer: CallbackAnswer) => void = () => undefined;
  private isGone = false;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: LineParts) {}

  /** @param more further members of the message, as JSON that begins with a comma. */
  say(action: 'check' | 'next' | 'complete', more = ''): Promise<CallbackAnswer> {
    const { id, verifier } = this.parts.target;
    const head = `{"kind":"subscription","action":"${action}"`;
    const text = `${head},"id":${JSON.stringify(id)},"verifier":${JSON.stringify(verifier)}${more}}`;
    const turn = this.last.then(() => this.send(text));
    this.last = turn;
    return turn;
  }

  async complete(errors: readonly GraphQLFormattedError[]): Promise<void> {
    if (this.isGone) return;
    this.onGone = () => undefined;
    await this.say('complete', errors.length === 0 ? '' : `,"errors":${JSON.stringify(errors)}`);
    this.isGone = true;
  }

  /** Signs of life so that the router hears one in each interval, none before the last one was taken. */
  beat(intervalMs: number): () => void {
    let isWaiting = false;
    const timer = setInterval(() => {
      if (isWaiting || this.isGone) return;
      isWaiting = true;
      void this.say('check').then(() => (isWaiting = false));
    }, intervalMs * beatAt);
    return () => clearInterval(timer);
  }

  /** What waited behind the message that ended it is not sent any more. */
  private async send(text: string): Promise<CallbackAnswer> {
    const { post, target, retriesMs, closing } = this.parts;
    if (this.isGone) return { kind: 'unheard' };
    let answer = await post.send(target, text);
    for (const delayMs of retriesMs) {
      if (!mayMend(answer) || closing.aborted) break;
      await pause(systemTimers, delayMs, closing);
      answer = await post.send(target, text);
    }
    if (!isTaken(answer)) {
      this.isGone = true;
      this.onGone(answer);
    }
    return answer;
  }
}

function isTaken(answer: CallbackAnswer): boolean {
  return answer.kind === 'answered' && answer.status >= 200 && answer.status <= 299;
}

/** A router that failed by itself, or the network, may do better in a moment; one that refuses means it. */
function mayMend(answer: CallbackAnswer): boolean {
  return answer.kind === 'unheard' || (answer.kind === 'answered' && answer.status >= 500);
}
