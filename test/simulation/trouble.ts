import type { Wishes } from './make-plan';

/** What the watchers of today are held to. */
export const expectedTrouble: Wishes = { replicas: 1 };
