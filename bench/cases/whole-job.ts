import { openStore } from '../../src/platform/store/open-store';
import { runJob } from '../jobs';
import { measure, median, peakMemoryMb, timed, type Measured } from '../measure';
import { mixedRules } from '../rules';
import { compiled, countsOfPass, expectEqual, openSession } from '../session';
import { withWritableCopy } from '../writable-copy';
import { msOf, ratio, type BenchCase } from './bench-case';

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
export const jobMemory: BenchCase = memoryOf(100);
export const bigJobMemory: BenchCase = memoryOf(500);

function memoryOf(count: number): BenchCase {
  return {
    name: `memory-${count}`,
    title: `Peak memory of a process that runs a job of ${count} definitions twice`,
    needsEvents: true,
    run: ({ dataSet }) =>
      withWritableCopy(dataSet, async (copy) => {
        const store = await openStore({ dataDir: copy.folder });
        const samples = [];
        for (const id of ['first', 'second']) {
          samples.push(
            await timed(() =>
              runJob(store, { id, at: copy.now + samples.length * day, rules: mixedRules(count) }),
            ),
          );
        }
        await store.close();
        const peak = peakMemoryMb() ?? NaN;
        const measured = [
          {
            name: 'a run',
            ms: median(samples.map(({ ms }) => ms)),
            cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
          },
        ];
        const comparison = { what: 'peak memory in GB', ratio: peak / 1024, target: { atMost: 1 } };
        return {
          measured: [...measured],
          comparisons: [comparison],
          notes: [`${msOf(measured, 'a run').toFixed(0)} ms a run`],
        };
      }),
  };
}
