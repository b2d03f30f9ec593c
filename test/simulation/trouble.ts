import type { Wishes } from './make-plan';

/** Fleets with every trouble there is, whose subscribers watch one job each. */
export const fleetsOfOneJob: Wishes = { watches: 'one' };

/** Lists in a process that stays: what the upstream does, clocks that jump, a loop that blocks. */
export const listsOfOneReplica: Wishes = {
  watches: 'all',
  replicas: 1,
  spares: ({ kind }) => !['upstream', 'stall', 'clock jump'].includes(kind),
};
