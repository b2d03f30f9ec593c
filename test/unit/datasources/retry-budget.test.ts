import { RetryBudget } from '../../../src/datasources/retry-budget';

let nowMs = 0;
const taken = (budget: RetryBudget, tries: number): number =>
  Array.from({ length: tries }, () => budget.takeRetry()).filter(Boolean).length;

beforeEach(() => {
  nowMs = 1_000_000;
});

it('allows a fifth of the calls of ten seconds, and a hundred more', () => {
  const budget = new RetryBudget(() => nowMs);
  for (let call = 0; call < 50; call += 1) budget.noteCall();
  expect(taken(budget, 500)).toBe(110);
});

it('forgets after ten seconds, not before', () => {
  const budget = new RetryBudget(() => nowMs);
  expect(taken(budget, 500)).toBe(100);
  nowMs += 9_000;
  expect(taken(budget, 1)).toBe(0);
  nowMs += 1_000;
  expect(taken(budget, 500)).toBe(100);
});

it('forgets all after a long rest', () => {
  const budget = new RetryBudget(() => nowMs);
  taken(budget, 500);
  nowMs += 3_600_000;
  expect(taken(budget, 500)).toBe(100);
});
