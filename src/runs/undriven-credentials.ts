import type { Caller } from '../datasources/caller';
import { RunCredentials } from './run-credentials';

/** What this replica knows of credentials for runs that nobody drives; in memory alone. */
export class UndrivenCredentials {
  /** Of runs that were lost while the state was silent, or that somebody came by for: they go on with these. */
  private readonly kept = new Map<string, RunCredentials>();
  /** Whose credentials were refused, so that those who stay are not asked again and again. */
  private readonly refused = new Map<string, ReadonlySet<string>>();

  /** A run is not driven here any more. */
  leave(id: string, credentials: RunCredentials): void {
    this.refused.set(id, credentials.refused);
    if (credentials.current !== null) this.kept.set(id, credentials);
  }

  /** @param present callers who are there for the run. */
  of(id: string, own: Caller | null, present: readonly Caller[]): RunCredentials {
    const credentials = this.kept.get(id) ?? new RunCredentials(own, null);
    const refused = this.refused.get(id);
    const visitor = present.find(({ key }) => refused?.has(key) !== true);
    if (visitor !== undefined) credentials.offer(visitor);
    return credentials;
  }

  /** Forgets all but the runs that are still to be taken. */
  forgetUnless(isStillFree: (id: string) => boolean): void {
    for (const memory of [this.kept, this.refused])
      for (const id of memory.keys()) if (!isStillFree(id)) memory.delete(id);
  }
}
