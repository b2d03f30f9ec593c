import { measure } from '../measure';
import { sequence } from '../rules';
import { countRows, expectEqual, openSession } from '../session';
import { msOf, type BenchCase } from './bench-case';
import { countOfRule } from './single-rules';

/** Two steps with a gap; by hand there are several ways, of which the fastest counts. */
export const sequenceCase = caseOf({
  name: 'sequence',
  title: 'A sequence of two steps within 14 days',
  rule: sequence,
});

/** The same question, as Adobe's builder of segments asks it. */
export const chainCase = caseOf({
  name: 'chain',
  title: 'The same as a chain',
  rule: { pql: sequence.chain },
});

interface SequenceCase {
  readonly name: string;
  readonly title: string;
  readonly rule: { readonly pql: string };
}

function caseOf({ name, title, rule }: SequenceCase): BenchCase {
  return {
    name,
    title,
    needsEvents: true,
    run: async ({ dataSet, rounds }) => {
      const session = await openSession(dataSet);
      try {
        const ways = Object.entries(handWritten(session.plain.event)).map(([name, sql]) => ({
          name: `SQL by hand, ${name}`,
          run: () => countRows(session.raw, sql),
        }));
        const product = { name: 'product', run: () => countOfRule(rule, session) };
        const found = await product.run();
        for (const way of ways) expectEqual(rule.pql, found, await way.run());
        const measured = await measure([product, ...ways], { rounds });
        const best = Math.min(...ways.map(({ name }) => msOf(measured, name)));
        const comparison = {
          what: 'rule by the best hand-written SQL',
          ratio: msOf(measured, 'product') / best,
        };
        return { measured, comparisons: [{ ...comparison, target: { atMost: 1.5 } }], notes: [] };
      } finally {
        await session.close();
      }
    },
  };
}

function handWritten(event: string): Readonly<Record<string, string>> {
  const { first, then, days } = sequence;
  const gap = `INTERVAL ${days} DAY`;
  const eventsOf = (type: string): string =>
    `(SELECT "#pid" AS pid, "timestamp" AS moment FROM ${event} WHERE "eventType" = '${type}')`;
  return {
    'by joining': `
      SELECT DISTINCT a.pid FROM ${eventsOf(first)} a JOIN ${eventsOf(then)} b
      ON b.pid = a.pid AND b.moment > a.moment AND b.moment <= a.moment + ${gap}`,
    'by the event before': `
      SELECT DISTINCT b.pid FROM ${eventsOf(then)} b ASOF JOIN ${eventsOf(first)} a ON a.pid = b.pid AND a.moment < b.moment
      WHERE b.moment <= a.moment + ${gap}`,
    'by a window': `
      SELECT DISTINCT pid FROM (
        SELECT "#pid" AS pid, "eventType" AS type, "timestamp" AS moment,
          max(CASE WHEN "eventType" = '${first}' THEN "timestamp" END) OVER (
            PARTITION BY "#pid" ORDER BY "timestamp" RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING) AS seen
        FROM ${event} WHERE "eventType" IN ('${first}', '${then}'))
      WHERE type = '${then}' AND moment <= seen + ${gap}`,
  };
}
