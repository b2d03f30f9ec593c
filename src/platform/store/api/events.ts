/** The person who owns an identity, and some of their events. */
export interface EventsOfPerson {
  readonly xid: string;
  readonly events: readonly EventEntity[];
}

export interface EventsToFind {
  /** By time, then by id. */
  readonly direction: 'asc' | 'desc';
  /** Epoch ms, inclusive. */
  readonly from?: number | undefined;
  /** Epoch ms, exclusive. */
  readonly to?: number | undefined;
  /** Begins with this event, or where it would stand. */
  readonly first?: EventPlace | undefined;
  readonly limit: number;
}

/** Where an event stands among those of its person. */
export type EventPlace = Pick<EventEntity, 'id' | 'timeUs'>;

export interface EventEntity {
  readonly id: string;
  /** Epoch microseconds, the precision that events are kept in. */
  readonly timeUs: number;
  /** Nested XDM. */
  readonly entity: Readonly<Record<string, unknown>>;
  readonly lastModifiedAt: number;
}
