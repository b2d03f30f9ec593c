import type { Client } from 'graphql-ws/client';

/** A list of which no event has come yet, so that it has no cursor to go on behind. */
export interface UnheardList {
  /** What happens from now on is not heard. */
  missed(): void;
  /** Heard again: says so, where anything was missed. */
  tellGap(): void;
}

/** Those that are in this set are told when a socket that was open breaks, and when one is open again. */
export function unheardLists(client: Pick<Client, 'on'>): Set<UnheardList> {
  const lists = new Set<UnheardList>();
  let wasOpen = false;
  client.on('closed', () => {
    if (wasOpen) for (const list of lists) list.missed();
    wasOpen = false;
  });
  client.on('connected', () => {
    wasOpen = true;
    for (const list of lists) list.tellGap();
  });
  return lists;
}
