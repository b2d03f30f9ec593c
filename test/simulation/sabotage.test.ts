import { findViolation } from './campaign';
import { sabotages } from './sabotages';

/** Seeds within which each must be found. */
const patience = 600;

describe('what a history is checked for', () => {
  it.each(sabotages)('notices that $what', async ({ options, wishes, noticed }) => {
    const found = await findViolation({
      from: 100_000,
      count: patience,
      options,
      ...(wishes && { wishes }),
      until: (outcome) => noticed.test(outcome.violation ?? ''),
    });
    expect(found?.violation).toMatch(noticed);
  });
});
