import { join } from 'node:path';
import { openStore } from '../../src/platform/store/open-store';
import { runExportOf, runJob, segmentIdOf } from '../jobs';
import { measure } from '../measure';
import { profilePaths } from '../people';
import { expectEqual, openPlainEngine } from '../session';
import { withWritableCopy } from '../writable-copy';
import { ratio, type BenchCase } from './bench-case';

const first = 'first export of the 25 fields, by a platform just opened';
const flat = 'next export of the 25 fields';
const afterJob = 'export of the 25 fields after another job';
const whole = 'export of whole profiles with memberships';
const copyOf = 'COPY of the same rows';
const copyByNew = 'COPY by an engine that is opened for it';
const age = 32;

/** About one in five of all people, as Parquet files of a batch. */
export const exportsCase: BenchCase = {
  name: 'exports',
  title: 'Export of one member in five',
  needsEvents: false,
  run: ({ dataSet, rounds }) =>
    withWritableCopy(dataSet, async (copy) => {
      const warm = await openPlainEngine(copy);
      let store = await openStore({ dataDir: copy.folder });
      try {
        const at = copy.now;
        let jobs = 0;
        const evaluated = () =>
          runJob(store, { id: `job-${(jobs += 1)}`, at, rules: [{ pql: `person.age < ${age}` }] });
        const job = await evaluated();
        const members = job.counters?.bySegment[segmentIdOf(0)]?.members ?? 0;
        const exported = async (fields: readonly string[]): Promise<void> => {
          const done = await runExportOf(store, { segmentId: segmentIdOf(0), fields, at });
          expectEqual('exported profiles', done.exportedProfiles, members);
        };
        const file = join(copy.folder, 'copied.parquet').replaceAll("'", "''");
        const copySql = `COPY (SELECT * FROM plain_profile WHERE "person.age" < ${age}) TO '${file}' (FORMAT parquet, COMPRESSION snappy)`;
        let closeNew = (): void => undefined;
        const measured = await measure(
          [
            // No engine is open, and none has read these people.
            { name: first, run: () => exported(profilePaths) },
            { name: flat, run: () => exported(profilePaths), settle: evaluated },
            { name: afterJob, run: () => exported(profilePaths) },
            { name: whole, run: () => exported([]) },
            { name: copyOf, run: () => warm.raw.run(copySql) },
            {
              name: copyByNew,
              run: async () => {
                const opened = await openPlainEngine(copy);
                closeNew = opened.close;
                await opened.raw.run(copySql);
              },
              // As the product's, which stays open after it.
              settle: async () => {
                closeNew();
                await evaluated();
                await store.close();
                store = await openStore({ dataDir: copy.folder });
              },
            },
          ],
          { rounds },
        );
        return {
          measured,
          comparisons: [
            {
              what: 'first export of 25 fields by COPY',
              ratio: ratio(measured, [first, copyOf]),
              target: { atMost: 1.3 },
            },
            {
              what: 'first export of 25 fields by COPY of a new engine',
              ratio: ratio(measured, [first, copyByNew]),
              target: { atMost: 1.3 },
            },
            {
              what: 'export of 25 fields after another job by COPY',
              ratio: ratio(measured, [afterJob, copyOf]),
              target: { atMost: 1.3 },
            },
            {
              what: 'next export of 25 fields by COPY',
              ratio: ratio(measured, [flat, copyOf]),
              target: { atMost: 1.3 },
            },
            {
              what: 'whole profiles by COPY',
              ratio: ratio(measured, [whole, copyOf]),
              target: { atMost: 3 },
            },
          ],
          notes: [`${members} members`],
        };
      } finally {
        await store.close();
        warm.close();
      }
    }),
};
