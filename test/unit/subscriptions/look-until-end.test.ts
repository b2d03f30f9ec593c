import { lookUntilEnd } from '../../../src/subscriptions/look-until-end';
import type { Look } from '../../../src/subscriptions/look-until-end';
import type { Timers } from '../../../src/lib/timers';

const cadence = { firstMs: 100, growth: 2, maxMs: 1000, retryMs: 100, missingMs: 100 };

/** Timers that fire as soon as they are set, and remember for how long they were to wait. */
function impatientTimers(): { timers: Timers; waits: number[] } {
  const waits: number[] = [];
  const timers: Timers = {
    schedule(delayMs, run) {
      waits.push(Math.round(delayMs));
      queueMicrotask(run);
      return () => undefined;
    },
  };
  return { timers, waits };
}

function looksOf(states: readonly string[]): () => Promise<Look<string>> {
  const left = [...states];
  return () => {
    const value = left.shift() ?? 'nothing';
    return Promise.resolve({ value, version: value, hasEnded: value === 'end' });
  };
}

describe('looking until the end', () => {
  it('tells each change once and completes with the end', async () => {
    const { timers } = impatientTimers();
    const look = looksOf(['new', 'new', 'running', 'running', 'end', 'more']);
    const seen: string[] = [];
    for await (const value of lookUntilEnd({ look, cadence, timers, random: () => 0.5 })) seen.push(value);
    expect(seen).toEqual(['new', 'running', 'end']);
  });

  it('looks less often the longer nothing changes, and often again after a change', async () => {
    const { timers, waits } = impatientTimers();
    const look = looksOf(['new', 'new', 'new', 'running', 'end']);
    const stream = lookUntilEnd({ look, cadence, timers, random: () => 0.5 });
    for await (const _value of stream) continue;
    expect(waits).toEqual([100, 200, 400, 100]);
  });

  it('lets go at once of a reader who leaves while it waits', async () => {
    let cancelled = 0;
    const timers: Timers = { schedule: () => () => void (cancelled += 1) };
    const stream = lookUntilEnd({ look: looksOf(['new', 'new']), cadence, timers, random: () => 0.5 });
    await stream.next();
    const waiting = stream.next();
    await Promise.resolve();
    await stream.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(cancelled).toBe(1);
  });

  it('ends with the error of a look', async () => {
    const { timers } = impatientTimers();
    const look = (): Promise<never> => Promise.reject(new Error('gone'));
    const stream = lookUntilEnd({ look, cadence, timers, random: () => 0.5 });
    await expect(stream.next()).rejects.toThrow('gone');
  });
});
