import { floorSql, passSql, singleSql } from '../hand-written';
import { measure, median, timed, type Measured } from '../measure';
import { mixedRules, type BenchRule } from '../rules';
import { eventPaths, profilePaths } from '../people';
import {
  compiled,
  countRows,
  countsOfPass,
  countsOfSql,
  expectEqual,
  openSession,
  rangesOf,
  type BenchSession,
} from '../session';
import type { BenchCase, CaseResult } from './bench-case';
import { msOf, ratio } from './bench-case';

const pass = 'product, one pass';
const singles = 'product, a query each';
const aggregates = 'SQL, an aggregate of everybody for each';
const byHand = 'pass by hand (CASE, ENUM)';
const floor = 'floor';

/** The targets are about the mix at this size. */
export const hundred: BenchCase = {
  name: 'hundred',
  title: '100 definitions in one pass',
  needsEvents: true,
  run: async ({ dataSet, rounds }) => {
    const session = await openSession(dataSet);
    try {
      return await comparePasses(session, rounds);
    } finally {
      await session.close();
    }
  },
};

async function comparePasses(session: BenchSession, rounds: number): Promise<CaseResult> {
  const rules = mixedRules(100);
  const counted = { ruleCount: rules.length, session };
  const onePass = () => countsOfPass(compiled(rules, session), counted);
  const onePassByHand = () => countsOfSql((range) => passSql(rules, session.enums, range), counted);
  await checkAnswers(rules, session, [onePass, onePassByHand]);
  const measured = await measure(
    [
      { name: pass, run: onePass },
      { name: singles, run: () => countEach(rules, session) },
      { name: aggregates, run: () => aggregateEach(rules, session) },
      { name: byHand, run: onePassByHand },
      { name: floor, run: () => readAndGroup(session) },
    ],
    { rounds },
  );
  return {
    measured: [...measured, await planning(rules, session)],
    comparisons: [
      { what: 'pass by floor', ratio: ratio(measured, [pass, floor]), target: { atMost: 4 } },
      { what: 'pass by the pass by hand', ratio: ratio(measured, [pass, byHand]), target: { atMost: 1.3 } },
      { what: '100 aggregates by pass', ratio: ratio(measured, [aggregates, pass]), target: { atLeast: 3 } },
      { what: '100 filters by pass', ratio: ratio(measured, [singles, pass]), target: undefined },
    ],
    notes: [
      `the pass goes over ${rangesOf(session.sample.profiles).length} range(s) of profiles, as a job does`,
    ],
  };
}

/** Each rule by itself in plain SQL is what all others must agree with. */
async function checkAnswers(
  rules: readonly BenchRule[],
  session: BenchSession,
  passes: readonly (() => Promise<readonly number[]>)[],
): Promise<void> {
  const wanted: number[] = [];
  for (const rule of rules) wanted.push(await countRows(session.raw, singleSql(rule, session.plain)));
  for (const one of passes) {
    const found = await one();
    for (const [n, rule] of rules.entries()) expectEqual(rule.pql, found[n], wanted[n]);
  }
}

async function countEach(rules: readonly BenchRule[], session: BenchSession): Promise<void> {
  for (const rule of rules) {
    const pass = compiled([rule], session);
    await session.sample.rows(`SELECT count(*) FROM (${session.sample.passSql(pass)}) WHERE r0`, {
      ...pass.parameters,
      pid_from: 0,
      pid_to: session.sample.profiles,
    });
  }
}

/** The same as many queries of the kind that a pass is one of, each by itself. */
async function aggregateEach(rules: readonly BenchRule[], session: BenchSession): Promise<void> {
  const everybody = { from: 0, to: session.sample.profiles };
  for (const rule of rules) {
    await countRows(session.raw, `FROM (${passSql([rule], session.plain, everybody)}) WHERE r0`);
  }
}

const columnsRead = {
  profile: profilePaths.filter((path) =>
    /country|age$|gender|status|modifyDate|address$|primary|intField|nationality/iu.test(path),
  ),
  event: eventPaths.filter((path) =>
    ['eventType', 'timestamp', 'web.webPageDetails.siteSection', 'placeContext.geo.countryCode'].includes(
      path,
    ),
  ),
};

async function readAndGroup(session: BenchSession): Promise<void> {
  for (const range of rangesOf(session.sample.profiles)) {
    await session.raw.runAndReadAll(floorSql(columnsRead, session.plain, range));
  }
}

/** What the engine does before it reads the first row, once for each range; and our own part of it. */
async function planning(rules: readonly BenchRule[], session: BenchSession): Promise<Measured> {
  const pass = compiled(rules, session);
  const sql = session.sample.passSql(pass);
  const samples = [];
  for (let n = 0; n < 5; n += 1) {
    samples.push(
      await timed(() =>
        session.sample.rows(`EXPLAIN ${sql}`, { ...pass.parameters, pid_from: 0, pid_to: 1 }),
      ),
    );
  }
  return {
    name: 'planning of the pass, by the engine',
    ms: median(samples.map(({ ms }) => ms)),
    cpuMs: median(samples.map(({ cpuMs }) => cpuMs)),
  };
}

/** Rules cost no more each when there are more of them. */
export const fiveHundred: BenchCase = {
  name: 'five-hundred',
  title: '500 definitions in one pass',
  needsEvents: true,
  run: async ({ dataSet, rounds }) => {
    const session = await openSession(dataSet);
    try {
      const contenders = [100, 500].map((count) => ({
        name: `${count} definitions`,
        run: () => countsOfPass(compiled(mixedRules(count), session), { ruleCount: count, session }),
      }));
      const measured = await measure(contenders, { rounds });
      const each = msOf(measured, '500 definitions') / 500 / (msOf(measured, '100 definitions') / 100);
      const comparison = { what: 'time of a definition, of 500 by of 100', ratio: each };
      return { measured, comparisons: [{ ...comparison, target: { atMost: 1.2 } }], notes: [] };
    } finally {
      await session.close();
    }
  },
};
