import { SharedReads } from '../../../src/datasources/shared-reads';
import { fc } from '../../support/fast-check';

/** An upstream call that ends when the test says so. */
interface Call {
  readonly key: string;
  readonly startedAt: number;
  readonly signal: AbortSignal;
  readonly end: (how: 'answer' | 'failure') => void;
  ended: boolean;
}

/** One who waits, and what became of it. */
interface Waiter {
  readonly key: string;
  readonly orgId: string;
  readonly beganAt: number;
  readonly controller: AbortController;
  outcome: { readonly kind: 'answer' | 'failure' | 'abandoned'; readonly call?: Call } | null;
}

class Stage {
  readonly joined: { requestId: string; answeredBy: string }[] = [];
  readonly reads = new SharedReads<Call>((join) => void this.joined.push(join));
  readonly calls: Call[] = [];
  readonly waiters: Waiter[] = [];
  time = 0;

  read(orgId: string, name: string): Waiter {
    const key = `${orgId} ${name}`;
    const controller = new AbortController();
    const beganAt = (this.time += 1);
    const waiter: Waiter = { key, orgId, beganAt, controller, outcome: null };
    this.waiters.push(waiter);
    this.reads
      .read({
        orgId,
        key,
        requestId: `r${beganAt}`,
        signal: controller.signal,
        start: (signal) => this.call(key, signal),
        abandoned: () => new Error('abandoned'),
      })
      .then(
        (call) => (waiter.outcome = { kind: 'answer', call }),
        (error: Error & { readonly call?: Call }) =>
          (waiter.outcome =
            error.call === undefined ? { kind: 'abandoned' } : { kind: 'failure', call: error.call }),
      );
    return waiter;
  }

  write(orgId: string): void {
    this.time += 1;
    this.reads.startAnew(orgId);
  }

  end(call: Call | undefined, how: 'answer' | 'failure'): void {
    if (call === undefined || call.ended) return;
    call.ended = true;
    call.end(how);
  }

  private call(key: string, signal: AbortSignal): Promise<Call> {
    return new Promise((resolve, reject) => {
      const call: Call = {
        key,
        startedAt: this.time,
        signal,
        ended: false,
        end: (how) =>
          how === 'answer' ? resolve(call) : reject(Object.assign(new Error('upstream'), { call })),
      };
      this.calls.push(call);
    });
  }
}

/** Lets every promise that can settle do so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('SharedReads', () => {
  it('runs identical reads in flight once, and gives all of them the one answer', async () => {
    const stage = new Stage();
    const waiters = [stage.read('a', 'x'), stage.read('a', 'x'), stage.read('a', 'x')];
    stage.end(stage.calls[0], 'answer');
    await settled();
    expect(stage.calls).toHaveLength(1);
    expect(waiters.map(({ outcome }) => outcome?.call)).toEqual([
      stage.calls[0],
      stage.calls[0],
      stage.calls[0],
    ]);
    expect(stage.joined).toEqual([
      { requestId: 'r2', answeredBy: 'r1' },
      { requestId: 'r3', answeredBy: 'r1' },
    ]);
  });

  it('shares an error too, and keeps neither', async () => {
    const stage = new Stage();
    const waiters = [stage.read('a', 'x'), stage.read('a', 'x')];
    stage.end(stage.calls[0], 'failure');
    await settled();
    expect(waiters.map(({ outcome }) => outcome?.kind)).toEqual(['failure', 'failure']);
    stage.read('a', 'x');
    expect(stage.calls).toHaveLength(2);
  });

  it('goes on for the others when one leaves, and ends with the last', async () => {
    const stage = new Stage();
    const [first, second] = [stage.read('a', 'x'), stage.read('a', 'x')];
    first.controller.abort();
    await settled();
    expect(first.outcome?.kind).toBe('abandoned');
    expect(stage.calls[0]?.signal.aborted).toBe(false);
    second.controller.abort();
    expect(stage.calls[0]?.signal.aborted).toBe(true);
  });

  it('lets nobody join a call that has been given up', () => {
    const stage = new Stage();
    stage.read('a', 'x').controller.abort();
    stage.read('a', 'x');
    expect(stage.calls.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });

  it('begins nothing for one who has left already', async () => {
    const stage = new Stage();
    const signal = AbortSignal.abort();
    const start = jest.fn();
    await expect(
      stage.reads.read({
        orgId: 'a',
        key: 'x',
        requestId: 'r',
        signal,
        start,
        abandoned: () => new Error('left'),
      }),
    ).rejects.toThrow('left');
    expect(start).not.toHaveBeenCalled();
  });

  it('holds for any order of reads, writes, ends and leavings', async () => {
    const org = fc.constantFrom('a', 'b');
    const name = fc.constantFrom('x', 'y');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('read' as const), org, name }),
      fc.record({ kind: fc.constant('write' as const), org }),
      fc.record({ kind: fc.constant('end' as const), index: fc.nat(30), fails: fc.boolean() }),
      fc.record({ kind: fc.constant('leave' as const), index: fc.nat(30) }),
      fc.record({ kind: fc.constant('breathe' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const stage = new Stage();
        const lastWrite: Record<string, number> = { a: 0, b: 0 };
        const leftBefore = new Set<Waiter>();
        for (const move of steps) {
          if (move.kind === 'read') {
            const open = stage.calls.filter(
              (call) =>
                call.key === `${move.org} ${move.name}` &&
                !call.ended &&
                !call.signal.aborted &&
                call.startedAt > (lastWrite[move.org] ?? 0),
            );
            const before = stage.calls.length;
            stage.read(move.org, move.name);
            // Exactly where there is nothing to join a call begins.
            expect(stage.calls.length - before).toBe(open.length === 0 ? 1 : 0);
          } else if (move.kind === 'write') {
            stage.write(move.org);
            lastWrite[move.org] = stage.time;
          } else if (move.kind === 'end') {
            stage.end(stage.calls[move.index], move.fails ? 'failure' : 'answer');
            await settled();
          } else if (move.kind === 'leave') {
            const waiter = stage.waiters[move.index];
            if (waiter !== undefined && waiter.outcome === null) leftBefore.add(waiter);
            waiter?.controller.abort();
          } else {
            await settled();
          }
        }
        for (const call of stage.calls) stage.end(call, 'answer');
        await settled();
        for (const waiter of stage.waiters) {
          expect(waiter.outcome).not.toBeNull();
          const call = waiter.outcome?.call;
          expect(waiter.outcome?.kind === 'abandoned').toBe(leftBefore.has(waiter));
          if (call === undefined) continue;
          expect(call.key).toBe(waiter.key);
          expect(call.startedAt).toBeLessThanOrEqual(waiter.beganAt);
        }
        // A call is given up exactly where all who waited for it have left.
        for (const call of stage.calls) {
          const answered = stage.waiters.some(({ outcome }) => outcome?.call === call);
          if (answered) expect(call.signal.aborted).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});
