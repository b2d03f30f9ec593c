import type { ProfileAccessProblemWire } from './problem.wire';

/** Profile access. Source: contract §10. */

export interface ProfileEntityWire {
  /** The XID that was asked for. */
  entityId: string;
  /** Absent where there is no policy at all. */
  mergePolicy?: { id: string };
  requestedIdentity?: { entityId: string; entityIdNS?: { code: string } };
  sources: string[];
  /** Empty where nobody has the identity, of several that were asked for. */
  entity: Record<string, unknown>;
  lastModifiedAt: string;
}

/** By XID. */
export type ProfileEntitiesWire = Record<string, ProfileEntityWire>;

export interface ProfileEventWire {
  /** XID of the person. */
  relatedEntityId: string;
  /** Id of the event. */
  entityId: string;
  /** ms */
  timestamp: number;
  entity: Record<string, unknown>;
  lastModifiedAt: string;
}

/** `start` and `next` are opaque; `""` where there is none. */
export interface EventPageWire {
  _page: { orderby: 'timestamp' | '-timestamp'; start: string; count: number; next: string };
  children: ProfileEventWire[];
  /** GET: `href`, `""` at the end, relative to `/access`. POST: `payload`, the body that asks for the next page. */
  _links: { next: { href?: string; payload?: object } };
}

/** 207: what could not be answered has an `error`, the rest what a 200 would have. */
export type PartOfEntitiesWire = { xid: string } & (
  { error: ProfileAccessProblemWire } | ProfileEntityWire | EventPageWire
);
