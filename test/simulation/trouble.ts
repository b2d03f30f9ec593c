import type { Wishes } from './make-plan';

/** Fleets with every trouble there is, whose subscribers watch one job each. */
export const fleetsOfOneJob: Wishes = { watches: 'one' };

/** The same for those who watch lists. */
export const fleetsOfLists: Wishes = { watches: 'all' };
