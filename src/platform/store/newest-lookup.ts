import type { EngineLimits } from './engine/engine';
import { createQueue } from './files/one-at-a-time';
import type { ProfileCatalog } from './metadata/profile-catalog';
import { openProfileLookup, type ProfileLookup } from './profile-lookup';
import { schemaOf } from './schema';
import { versionOf, type Snapshot } from './snapshot';

/** What is asked of the lookup that is open. */
export type Question<Found> = (lookup: ProfileLookup) => Promise<Found | undefined>;

/** Finds people of one merge rule in the data as they stand now; one lookup stays open as long as these do not change. */
export interface NewestLookup {
  /** Undefined where there are no people at all. */
  ask<Found>(question: Question<Found>): Promise<Found | undefined>;
  close(): Promise<void>;
}

interface NewestLookupParts {
  readonly catalog: ProfileCatalog;
  readonly limits: EngineLimits;
  readonly ruleKey: string;
  readonly snapshot: () => Promise<Snapshot>;
}

/** A lookup that opens its files at the first question, and anew when the data have changed or the engine has failed. */
export function createNewestLookup(parts: NewestLookupParts): NewestLookup {
  const inTurn = createQueue();
  let open: ProfileLookup | undefined;
  const closeOpen = async (): Promise<void> => {
    const closing = open;
    open = undefined;
    await closing?.close();
  };
  const newest = async (): Promise<ProfileLookup | undefined> => {
    if (open !== undefined && open.version === versionOf(await parts.catalog.current(parts.ruleKey)))
      return open;
    const snapshot = await parts.snapshot();
    const { generation } = snapshot;
    if (generation === undefined) {
      snapshot.release();
      return undefined;
    }
    await closeOpen();
    const schema = schemaOf(await parts.catalog.fields());
    open = await openProfileLookup({ snapshot: { ...snapshot, generation }, schema, limits: parts.limits });
    return open;
  };
  return {
    ask: async (question) => {
      // A question is handed to its lookup before another turn can close that one, which waits for it then.
      const { lookup, found } = await inTurn(async () => {
        const current = await newest();
        return { lookup: current, found: { answer: current === undefined ? undefined : question(current) } };
      });
      try {
        return await found.answer;
      } catch (error) {
        // An engine that failed once may be unusable: the next question opens another.
        await inTurn(() => (open === lookup ? closeOpen() : Promise.resolve()));
        throw error;
      }
    },
    close: () => inTurn(closeOpen),
  };
}
