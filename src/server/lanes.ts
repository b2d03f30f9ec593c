import type { DocumentNode, ExecutionResult, FormattedExecutionResult } from 'graphql';
import type { CallerKey } from '../datasources/caller';
import { jsonOf } from './operation-results';

/** What a subscriber has asked for. */
export interface Asked {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** All that says what a subscriber is told of an event. */
export interface LaneKey extends Asked {
  readonly callerKey: CallerKey;
}

/** What the results of all lanes may take together, in letters of their JSON; beyond it, the oldest go. */
const maxHeldLetters = 16_000_000;
/** What a result costs besides its text. */
const resultOverhead = 200;

/**
 * Subscribers who ask the same in the same words, and are the same caller, are in one lane: of an event that comes to
 * several of them, the first executes and the others take what came out.
 */
export class Lanes {
  private readonly byDocument = new WeakMap<DocumentNode, Map<string, Lane>>();
  private readonly results: HeldResults;

  constructor(maxLetters = maxHeldLetters) {
    this.results = new HeldResults(maxLetters);
  }

  /** Who joins leaves, once. */
  join({ document, operationName, variables, callerKey }: LaneKey): Lane {
    const lanes = this.byDocument.get(document) ?? new Map<string, Lane>();
    this.byDocument.set(document, lanes);
    const key = JSON.stringify([callerKey, operationName ?? null, variables ?? null]);
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = new Lane({ document, operationName, variables }, this.results, () => lanes.delete(key));
      lanes.set(key, lane);
    }
    lane.enter();
    return lane;
  }

  /** For tests: how many results are held. */
  get heldCount(): number {
    return this.results.count;
  }
}

/** What the equal share; ends with the last of them. */
export class Lane {
  private readonly ended = new AbortController();
  private readonly byEvent = new Map<object, Promise<ExecutionResult> | HeldResult>();
  private memberCount = 0;

  constructor(
    readonly asked: Asked,
    private readonly held: HeldResults,
    private readonly onEnd: () => void,
  ) {}

  /** Fires when the last has left: no sooner, so that nobody's going spoils what another waits for. */
  get signal(): AbortSignal {
    return this.ended.signal;
  }

  enter(): void {
    this.memberCount += 1;
  }

  leave(): void {
    this.memberCount -= 1;
    if (this.memberCount > 0) return;
    this.onEnd();
    this.ended.abort();
    for (const kept of this.byEvent.values()) if (!(kept instanceof Promise)) this.held.release(kept);
    this.byEvent.clear();
  }

  /** The result of an event: `execute` runs for the first who asks, and for one who asks so late that it was given up. */
  resultOf(
    event: object,
    execute: () => Promise<ExecutionResult>,
  ): Promise<ExecutionResult> | ExecutionResult {
    const kept = this.byEvent.get(event);
    if (kept instanceof Promise) return kept;
    if (kept !== undefined) return kept.result;
    const executing = this.execute(event, execute);
    this.byEvent.set(event, executing);
    return executing;
  }

  forget(event: object): void {
    this.byEvent.delete(event);
  }

  private async execute(event: object, execute: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
    try {
      const result = await execute();
      if (this.memberCount > 0) this.keep(event, result);
      return result;
    } catch (error) {
      this.byEvent.delete(event);
      throw error;
    }
  }

  private keep(event: object, result: ExecutionResult): void {
    // What went wrong is told to each in words of his own, with his request id; that it did, all share.
    const letters = result.errors === undefined ? jsonOf(result as FormattedExecutionResult).length : 0;
    const kept = { lane: this, event, result, letters: letters + resultOverhead };
    this.byEvent.set(event, kept);
    this.held.hold(kept);
  }
}

interface HeldResult {
  readonly lane: Lane;
  readonly event: object;
  readonly result: ExecutionResult;
  readonly letters: number;
}

/** The results of all lanes, the oldest first. */
class HeldResults {
  private readonly items = new Set<HeldResult>();
  private letters = 0;

  constructor(private readonly maxLetters: number) {}

  get count(): number {
    return this.items.size;
  }

  hold(item: HeldResult): void {
    this.items.add(item);
    this.letters += item.letters;
    for (const oldest of this.items) {
      if (this.letters <= this.maxLetters) return;
      this.release(oldest);
      oldest.lane.forget(oldest.event);
    }
  }

  release(item: HeldResult): void {
    if (this.items.delete(item)) this.letters -= item.letters;
  }
}
