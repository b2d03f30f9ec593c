import type { EngineLimits } from './engine/engine';
import { createQueue } from './files/one-at-a-time';
import type { ProfileCatalog } from './metadata/profile-catalog';
import { createNewestLookup, type NewestLookup, type Question } from './newest-lookup';
import type { Snapshot } from './snapshot';

/** Finds people by merge rule. */
export interface RuleLookups {
  ask<Found>(ruleKey: string, question: Question<Found>): Promise<Found | undefined>;
  close(): Promise<void>;
}

interface RuleLookupParts {
  readonly catalog: ProfileCatalog;
  readonly limits: EngineLimits;
  readonly snapshot: (ruleKey: string) => Promise<Snapshot>;
}

/** Each open lookup is an engine of its own, and holds the files that it reads. */
const mostOpen = 4;

/** Keeps the lookups of the rules that were asked for last open. */
export function createRuleLookups({ catalog, limits, snapshot }: RuleLookupParts): RuleLookups {
  const inTurn = createQueue();
  // In the order of their last use.
  const open = new Map<string, NewestLookup>();
  const use = (ruleKey: string): NewestLookup => {
    const lookup =
      open.get(ruleKey) ??
      createNewestLookup({ catalog, limits, ruleKey, snapshot: () => snapshot(ruleKey) });
    open.delete(ruleKey);
    open.set(ruleKey, lookup);
    return lookup;
  };
  const closeOldest = async (): Promise<void> => {
    const [oldest] = open;
    if (open.size <= mostOpen || oldest === undefined) return;
    open.delete(oldest[0]);
    await oldest[1].close();
  };
  return {
    ask: (ruleKey, question) => {
      const answer = use(ruleKey).ask(question);
      void inTurn(closeOldest);
      return answer;
    },
    close: () =>
      inTurn(async () => {
        for (const lookup of open.values()) await lookup.close();
        open.clear();
      }),
  };
}
