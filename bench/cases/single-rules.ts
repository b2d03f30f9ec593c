import { singleSql } from '../hand-written';
import { measure } from '../measure';
import type { BenchRule } from '../rules';
import { eventExists, oneAttribute, threeAttributes, twoPurchases } from '../rules';
import { compiled, countRows, expectEqual, openSession, type BenchSession } from '../session';
import type { BenchCase, CaseOptions, CaseResult } from './bench-case';
import { ratio } from './bench-case';

const product = 'product';
const byHand = 'SQL by hand';
/** What takes a few milliseconds takes half as long again in many a round. */
const roundsOfMilliseconds = 201;

export const singleRules: readonly BenchCase[] = [
  single({ name: 'one-attribute', title: 'One attribute', rule: oneAttribute }),
  single({ name: 'three-attributes', title: 'Three attributes', rule: threeAttributes }),
  single({ name: 'event-exists', title: 'An event exists (of one type, in 30 days)', rule: eventExists }),
  single({ name: 'two-purchases', title: 'Two purchases in 90 days', rule: twoPurchases }),
];

interface Single {
  readonly name: string;
  readonly title: string;
  readonly rule: BenchRule;
}

function single({ name, title, rule }: Single): BenchCase {
  return {
    name,
    title,
    needsEvents: rule.sql.of === 'events',
    run: async (options) => {
      const session = await openSession(options.dataSet);
      try {
        return await compare(rule, session, options);
      } finally {
        await session.close();
      }
    },
  };
}

async function compare(rule: BenchRule, session: BenchSession, { rounds }: CaseOptions): Promise<CaseResult> {
  const sql = singleSql(rule, session.plain);
  const handWritten = (): Promise<number> => countRows(session.raw, sql);
  const ofProduct = (): Promise<number> => countOfRule(rule, session);
  expectEqual(rule.pql, await ofProduct(), await handWritten());
  const measured = await measure(
    [
      { name: product, run: ofProduct },
      { name: byHand, run: handWritten },
    ],
    { rounds: rule.sql.of === 'events' ? rounds : Math.max(rounds, roundsOfMilliseconds) },
  );
  const comparison = { what: 'rule by hand-written SQL', ratio: ratio(measured, [product, byHand]) };
  return { measured, comparisons: [{ ...comparison, target: { atMost: 1.5 } }], notes: [] };
}

/** How many match a rule: checked, compiled and counted, over all profiles at once, as a preview asks. */
export async function countOfRule(rule: { readonly pql: string }, session: BenchSession): Promise<number> {
  const pass = compiled([rule], session, 'all');
  const [row] = await session.sample.rows(
    `SELECT count(*) AS matching FROM (${session.sample.passSql(pass)}) WHERE r0`,
    pass.parameters,
  );
  return Number(row?.['matching']);
}
