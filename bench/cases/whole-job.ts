import { openStore } from '../../src/platform/store/open-store';
import { runJob } from '../jobs';
import { measure, peakMemoryMb, timed, type Measured } from '../measure';
import { mixedRules, type BenchRule } from '../rules';
import { compiled, countsOfPass, expectEqual, openSession } from '../session';
import { withWritableCopy } from '../writable-copy';
import { ratio, type BenchCase } from './bench-case';

const day = 86_400_000;
const first = 'job, first run (all enter)';
const second = 'job, run again (all stay)';
const pass = 'its pass alone';

/** The pass, the comparison with the memberships before it, the counters, and the commit. */
export const wholeJob: BenchCase = {
  name: 'job',
  title: 'Whole job of 100 definitions',
  needsEvents: true,
  run: ({ dataSet, rounds }) =>
    withWritableCopy(dataSet, async (copy) => {
      const session = await openSession(copy);
      try {
        const rules = mixedRules(100);
        const counted = { ruleCount: rules.length, session };
        const onePass = () => countsOfPass(compiled(rules, session), counted);
        const wanted = await onePass();
        let runs = 0;
        const job = () => runJob(session.store, { id: `job-${(runs += 1)}`, at: copy.now, rules });
        const firstRun = await timed(job);
        const { counters } = await job();
        expectEqual(
          'members of all segments',
          Object.values(counters?.bySegment ?? {}).map(({ members }) => members),
          wanted,
        );
        const measured: readonly Measured[] = [
          { name: first, ...firstRun },
          ...(await measure(
            [
              { name: second, run: job },
              { name: pass, run: onePass },
            ],
            { rounds },
          )),
        ];
        return {
          measured,
          comparisons: [
            { what: 'first run by pass', ratio: ratio(measured, [first, pass]), target: { atMost: 1.3 } },
            { what: 'next run by pass', ratio: ratio(measured, [second, pass]), target: { atMost: 1.3 } },
          ],
          notes: ['the first run is timed once: afterwards it is no first run'],
        };
      } finally {
        await session.close();
      }
    }),
};

/** The most memory that a process takes which does nothing but run the job twice. */
export const jobMemory: BenchCase = memoryOf({
  name: 'memory-100',
  rules: mixedRules(100),
  needsEvents: true,
});
export const bigJobMemory: BenchCase = memoryOf({
  name: 'memory-500',
  rules: mixedRules(500),
  needsEvents: true,
});

/** For people without events, ten million of them perhaps. */
export const attributeJobMemory: BenchCase = memoryOf({
  name: 'memory-attributes',
  rules: mixedRules(166)
    .filter(({ sql }) => sql.of === 'profile')
    .slice(0, 100),
  needsEvents: false,
});

interface MemoryCase extends Pick<BenchCase, 'name' | 'needsEvents'> {
  readonly rules: readonly BenchRule[];
}

/** What is promised is promised for so many people. */
const mostPromised = 1_000_000;

function memoryOf({ name, rules, needsEvents }: MemoryCase): BenchCase {
  const kind = needsEvents ? 'definitions' : 'definitions on attributes';
  return {
    name,
    title: `Peak memory of a process that runs a job of ${rules.length} ${kind} twice`,
    needsEvents,
    run: ({ dataSet }) =>
      withWritableCopy(dataSet, async (copy) => {
        const store = await openStore({ dataDir: copy.folder });
        const run = (id: string, at: number) => timed(() => runJob(store, { id, at, rules }));
        const measured: readonly Measured[] = [
          { name: first, ...(await run('first', copy.now)) },
          { name: 'job, run again a day later', ...(await run('second', copy.now + day)) },
        ];
        await store.close();
        const peak = peakMemoryMb() ?? NaN;
        const target = dataSet.profiles <= mostPromised ? { atMost: 1 } : undefined;
        return {
          measured,
          comparisons: [{ what: 'peak memory in GB', ratio: peak / 1024, target }],
          notes: [],
        };
      }),
  };
}
