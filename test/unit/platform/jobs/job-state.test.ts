import {
  isLegalMove,
  isTerminal,
  statesBefore,
  statesUntilProcessing,
  statuses,
} from '../../../../src/platform/jobs/job-state';
import type { JobKind } from '../../../../src/platform/jobs/job-state';

const kinds: readonly JobKind[] = ['segment', 'export'];

test('exactly SUCCEEDED, FAILED and CANCELLED are terminal', () => {
  expect(statuses.filter(isTerminal).sort()).toEqual(['CANCELLED', 'FAILED', 'SUCCEEDED']);
});

test.each(kinds)('a terminal %s job moves nowhere', (kind) => {
  const leaving = statuses
    .filter(isTerminal)
    .flatMap((from) => statuses.filter((to) => isLegalMove(kind, from, to)));
  expect(leaving).toEqual([]);
});

test('a segment job can be cancelled from NEW, QUEUED and PROCESSING only', () => {
  expect(statesBefore('segment', 'CANCELLING')).toEqual(['NEW', 'QUEUED', 'PROCESSING']);
});

test('an export is never QUEUED', () => {
  expect(statesBefore('export', 'QUEUED')).toEqual([]);
  expect(statesBefore('export', 'CANCELLING')).toEqual(['NEW', 'PROCESSING']);
});

test.each(kinds)('a cancelling %s job can only become CANCELLED', (kind) => {
  expect(statuses.filter((to) => isLegalMove(kind, 'CANCELLING', to))).toEqual(['CANCELLED']);
});

test.each(kinds)('success and failure of a %s job come from PROCESSING alone', (kind) => {
  expect(statesBefore(kind, 'SUCCEEDED')).toEqual(['PROCESSING']);
  expect(statesBefore(kind, 'FAILED')).toEqual(['PROCESSING']);
});

test.each(kinds)('the way of a %s job to PROCESSING is a chain of legal moves', (kind) => {
  const way = ['NEW' as const, ...statesUntilProcessing(kind)];
  way.slice(1).forEach((to, index) => {
    const from = way[index];
    expect(from !== undefined && isLegalMove(kind, from, to)).toBe(true);
  });
});
