import { passSql } from '../hand-written';
import { measure } from '../measure';
import { mixedRules } from '../rules';
import { compiled, countsOfPass, countsOfSql, expectEqual, openSession } from '../session';
import { ratio, type BenchCase } from './bench-case';

const product = 'product, one pass';
const byHand = 'pass by hand (ENUM)';

/** Rules on attributes alone, which people without events can be asked too. */
export const attributePass: BenchCase = {
  name: 'attributes',
  title: '96 definitions on attributes in one pass',
  needsEvents: false,
  run: async ({ dataSet, rounds }) => {
    const session = await openSession(dataSet);
    try {
      const rules = mixedRules(160).filter(({ sql }) => sql.of === 'profile');
      const counted = { ruleCount: rules.length, session };
      const onePass = () => countsOfPass(compiled(rules, session), counted);
      const onePassByHand = () => countsOfSql((range) => passSql(rules, session.enums, range), counted);
      expectEqual('rules on attributes', await onePass(), await onePassByHand());
      const measured = await measure(
        [
          { name: product, run: onePass },
          { name: byHand, run: onePassByHand },
        ],
        { rounds },
      );
      const comparison = { what: 'pass by the pass by hand', ratio: ratio(measured, [product, byHand]) };
      return { measured, comparisons: [{ ...comparison, target: { atMost: 1.3 } }], notes: [] };
    } finally {
      await session.close();
    }
  },
};
