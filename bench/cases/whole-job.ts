import { openStore } from '../../src/platform/store/open-store';
import { defineSegments, runJob, runJobOver } from '../jobs';
import { tenant, type DataSet } from '../data-set';
import { passSql } from '../hand-written';
import { measure, peakMemoryMb, timed, type Measured } from '../measure';
import { mixedRules, type BenchRule } from '../rules';
import { compiled, countsOfPass, countsOfSql, expectEqual, openSession } from '../session';
import { makeWritableCopy, removeCopy, withWritableCopy } from '../writable-copy';
import { ratio, type BenchCase } from './bench-case';

const day = 86_400_000;
const first = 'job, first run (all enter)';
const second = 'job, run again (all stay)';
const pass = 'its pass alone';
const newEngine = 'its pass alone, by an engine that is opened for it';
const byHand = 'pass by hand (CASE, ENUM)';

/** The pass, the comparison with the memberships before it, the counters, and the commit. */
export const wholeJob: BenchCase = {
  name: 'job',
  title: 'Whole job of 100 definitions',
  needsEvents: true,
  run: ({ dataSet, rounds }) =>
    withWritableCopy(dataSet, async (copy) => {
      const session = await openSession(copy);
      const rules = mixedRules(100);
      let fresh = await openFresh(dataSet, rules);
      try {
        const counted = { ruleCount: rules.length, session };
        const onePass = () => countsOfPass(compiled(rules, session), counted);
        const wanted = await onePass();
        const { counters } = await fresh.job();
        expectEqual(
          'members of all segments',
          Object.values(counters?.bySegment ?? {}).map(({ members }) => members),
          wanted,
        );
        const renew = async (): Promise<void> => {
          await fresh.remove();
          fresh = await openFresh(dataSet, rules);
        };
        await renew();
        const measured = await measure(
          [
            { name: first, run: () => fresh.job() },
            { name: second, run: () => fresh.job() },
            { name: newEngine, run: () => fresh.pass(), settle: renew },
            { name: pass, run: onePass },
            {
              name: byHand,
              run: () => countsOfSql((range) => passSql(rules, session.enums, range), counted),
            },
          ],
          { rounds },
        );
        return {
          measured,
          comparisons: [
            { what: 'first run by pass', ratio: ratio(measured, [first, pass]), target: { atMost: 1.3 } },
            { what: 'next run by pass', ratio: ratio(measured, [second, pass]), target: { atMost: 1.3 } },
            {
              what: 'first run by pass of a new engine',
              ratio: ratio(measured, [first, newEngine]),
              target: undefined,
            },
            {
              what: 'first run by the pass by hand',
              ratio: ratio(measured, [first, byHand]),
              target: undefined,
            },
          ],
          notes: ['each first run is on a data folder where no job has run yet'],
        };
      } finally {
        await fresh.remove();
        await session.close();
      }
    }),
};

/** A data folder where the segments are defined and no job has run. */
async function openFresh(dataSet: DataSet, rules: readonly BenchRule[]) {
  const copy = makeWritableCopy(dataSet);
  const store = await openStore({ dataDir: copy.folder });
  const segments = await defineSegments(store, { at: copy.now, rules });
  let runs = 0;
  return {
    job: () => runJobOver(store, { id: `job-${(runs += 1)}`, at: copy.now, segments }),
    pass: async (): Promise<void> => {
      const data = await store.profileData(tenant);
      const sample = await data.openSample({ signal: new AbortController().signal });
      const schema = await data.schema();
      const counted = { ruleCount: rules.length, session: { sample } };
      await countsOfPass(compiled(rules, { schema, dataSet }), counted);
      await sample.close();
    },
    remove: async (): Promise<void> => {
      await store.close();
      removeCopy(copy);
    },
  };
}

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
