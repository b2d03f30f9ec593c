import { examples, fc } from '../support/fast-check';
import { parseQuartz } from '../../src/lib/quartz';
import { ScheduleBook } from '../../src/platform/jobs/schedule-book';
import { Scheduler } from '../../src/platform/jobs/scheduler';
import { silentLog } from '../../src/platform/jobs/surroundings';
import { randomIds } from '../../src/platform/jobs/system-surroundings';
import type { PlatformStore } from '../../src/platform/store/platform-store';
import type { ManualTime } from '../support/manual-time';
import { manualTime } from '../support/manual-time';
import { openTemporaryStore } from '../support/temporary-store';
import { acme, definition, schedule } from '../unit/platform/jobs/fixtures';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Quartz crons that are due at most daily, over all forms that a day, a month and a year may have. */
const dailyCron = fc
  .tuple(
    fc.nat(59),
    fc.nat(59),
    fc.nat(23),
    fc.oneof(
      fc.constantFrom('* * ?', 'L * ?', 'LW * ?', '15W * ?', '31 * ?', '1/5 * ?', '29 2 ?', '1,15 JAN-JUN ?'),
      fc.constantFrom('? * *', '? * MON-FRI', '? * 6#3', '? * 6L', '? * L', '? 1/3 1', '? * FRI-MON'),
    ),
    fc.constantFrom('', ' 2026', ' 2026-2030', ' 2027/2'),
  )
  .map(([second, minute, hour, days, year]) => `${second} ${minute} ${hour} ${days}${year}`);

const beginning = fc
  .integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2026-12-31T00:00:00Z') })
  .map((ms) => new Date(ms));

let store: PlatformStore;
let runs = 0;

beforeAll(async () => {
  store = await openTemporaryStore({ now: () => 0 });
  await store.segmentDefinitions.insert(acme, definition({ id: 'gold' }));
});
afterAll(() => store.close());

/** A schedule that was just made, and a scheduler over it under a clock of its own. */
class Trial {
  readonly time: ManualTime;
  readonly #id = `schedule-${(runs += 1)}`;
  #scheduler: Scheduler | undefined;

  constructor(
    readonly cron: string,
    readonly start: Date,
  ) {
    this.time = manualTime(start.toISOString());
  }

  async begin(): Promise<void> {
    const firedUntil = this.start.getTime();
    await store.schedules.insert(acme, schedule({ id: this.#id, cron: this.cron, firedUntil }));
    await this.restart();
  }

  /** As after the end of the process, at whatever time it is now. */
  async restart(): Promise<void> {
    await this.#scheduler?.close();
    const { clock, timers } = this.time;
    this.#scheduler = new Scheduler({
      store,
      book: new ScheduleBook(store),
      surroundings: { clock, monotonic: clock, timers, ids: randomIds, log: silentLog },
      onJob: () => undefined,
    });
    await this.look();
  }

  async look(): Promise<void> {
    this.#scheduler?.wake();
    await this.#scheduler?.settled();
  }

  async settled(): Promise<void> {
    await this.#scheduler?.settled();
  }

  async jobs(): Promise<
    readonly { readonly due: number; readonly madeAt: number; readonly late: boolean }[]
  > {
    const filter = { scheduleId: this.#id };
    const { items } = await store.segmentJobs.list(acme, filter, { offset: 0, limit: 1000 });
    return items.map(({ scheduledFor = 0, createdAt, late = false }) => ({
      due: scheduledFor,
      madeAt: createdAt,
      late,
    }));
  }

  async end(): Promise<void> {
    await this.#scheduler?.close();
    await store.schedules.delete(acme, this.#id);
  }
}

/** Every due time between two moments, one by one. */
function duesWithin(cron: string, after: number, until: number): readonly number[] {
  const quartz = parseQuartz(cron);
  const dues: number[] = [];
  for (let [next] = quartz.next(new Date(after), 1); next !== undefined && next.getTime() <= until;) {
    dues.push(next.getTime());
    [next] = quartz.next(next, 1);
  }
  return dues;
}

test('a schedule fires at each of its next runs, to the millisecond, and at no other time', async () => {
  await fc.assert(
    fc.asyncProperty(
      dailyCron,
      beginning,
      fc.integer({ min: 1, max: 59_000 }),
      async (cron, start, before) => {
        const nextRuns = parseQuartz(cron).next(start, 4);
        const trial = new Trial(cron, start);
        await trial.begin();
        for (const run of nextRuns) {
          // The nights between are slept through; the last minute is awaited.
          const asleepMs = run.getTime() - before - trial.time.clock();
          if (asleepMs > 0) trial.time.advance(asleepMs);
          await trial.look();
          trial.time.advance(run.getTime() - trial.time.clock());
          await trial.settled();
        }
        const jobs = await trial.jobs();
        await trial.end();
        expect([...jobs].reverse()).toEqual(
          nextRuns.map((run) => ({ due: run.getTime(), madeAt: run.getTime(), late: false })),
        );
      },
    ),
    examples(40),
  );
});

type Step = { readonly kind: 'pass' | 'jump' | 'restart'; readonly ms: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3 * hourMs }) }),
  fc.record({ kind: fc.constant('jump' as const), ms: fc.integer({ min: -40 * dayMs, max: 40 * dayMs }) }),
  fc.record({ kind: fc.constant('restart' as const), ms: fc.integer({ min: -dayMs, max: 3 * dayMs }) }),
);

test('whatever the clock does, a due time fires once, the last one that passed always has, and no storm follows', async () => {
  await fc.assert(
    fc.asyncProperty(
      dailyCron,
      beginning,
      fc.array(step, { minLength: 1, maxLength: 12 }),
      async (cron, start, steps) => {
        const trial = new Trial(cron, start);
        await trial.begin();
        const expected = new Set<number>();
        const starts = new Set([start.getTime()]);
        let seenUntil = start.getTime();
        let most = 0;
        for (const { kind, ms } of steps) {
          trial.time.advance(ms);
          await (kind === 'restart' ? trial.restart() : trial.look());
          const now = trial.time.clock();
          if (kind === 'restart') starts.add(now);
          const last = duesWithin(cron, seenUntil, now).at(-1);
          if (last !== undefined) expected.add(last);
          seenUntil = now;
          most += 1;
        }
        const jobs = await trial.jobs();
        await trial.end();
        expect(jobs.map(({ due }) => due).sort()).toEqual([...expected].sort());
        expect(jobs.length).toBeLessThanOrEqual(most);
        const isMissed = (due: number, madeAt: number): boolean =>
          madeAt - due > minuteMs || (starts.has(madeAt) && due < madeAt);
        expect(jobs.filter(({ due, madeAt, late }) => late !== isMissed(due, madeAt))).toEqual([]);
      },
    ),
    examples(50),
  );
});

test('the last due time within a span is the last of those that follow one another in it', () => {
  const spanMs = fc.integer({ min: 0, max: 400 * dayMs });
  fc.assert(
    fc.property(dailyCron, beginning, spanMs, (cron, start, span) => {
      const until = start.getTime() + span;
      expect(parseQuartz(cron).lastWithin(start, new Date(until))?.getTime()).toBe(
        duesWithin(cron, start.getTime(), until).at(-1),
      );
    }),
    examples(80),
  );
});
