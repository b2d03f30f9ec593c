import type { EventPageWire } from '../../wire/profile-entity.wire';
import type { MergeRule } from '../records';
import type { EventEntity, EventPlace, EventsToFind } from '../store/api/events';
import type { ProfileData } from '../store/api/profile-data';
import type { EventFilter } from './event-filter';
import { pickFields } from './pick-fields';
import type { ProfileIdentity } from './profile-identity';
import { wrong } from './query';

/** What is asked of the events of one person. */
export interface EventQuestion {
  readonly mergeRule: MergeRule;
  readonly direction: EventsToFind['direction'];
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly filter?: EventFilter | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly limit: number;
}

export interface FoundEvents {
  readonly xid: string;
  readonly events: readonly EventEntity[];
  /** Of the next page; undefined on the last one. */
  readonly next: EventPlace | undefined;
}

/** A filter reads on until a page is full; so many events at once. */
const chunk = 1000;

/** One page of a person's events; undefined where nobody has the identity. */
export async function findEvents(
  data: ProfileData,
  identity: ProfileIdentity,
  { filter, limit, first, ...question }: EventQuestion & { readonly first?: EventPlace | undefined },
): Promise<FoundEvents | undefined> {
  const { mergeRule, direction, from, to } = question;
  const found: EventEntity[] = [];
  let start = first;
  for (;;) {
    const size = filter === undefined ? limit : chunk;
    const wanted = { mergeRule, direction, from, to, first: start, limit: size + 1 };
    const person = await data.eventsByIdentity(identity, wanted);
    if (person === undefined) return undefined;
    const { xid, events } = person;
    found.push(...events.slice(0, size).filter(({ entity }) => filter?.(entity) ?? true));
    start = events[size];
    if (found.length > limit || start === undefined || filter === undefined)
      return { xid, events: found.slice(0, limit), next: found[limit] ?? start };
  }
}

export interface EventPageParts {
  readonly xid: string;
  readonly direction: EventsToFind['direction'];
  readonly fields: readonly string[] | undefined;
  readonly link: (next: string) => EventPageWire['_links']['next'];
}

/** One page in Adobe's spelling. */
export function eventPageBody(
  found: FoundEvents | undefined,
  { xid, direction, fields, link }: EventPageParts,
): EventPageWire {
  const events = found?.events ?? [];
  const [first] = events;
  const next = found?.next === undefined ? '' : cursorOf(found.next);
  return {
    _page: {
      orderby: direction === 'desc' ? '-timestamp' : 'timestamp',
      start: first === undefined ? '' : cursorOf(first),
      count: events.length,
      next,
    },
    children: events.map(({ id, timeUs, entity, lastModifiedAt }) => ({
      relatedEntityId: xid,
      entityId: id,
      timestamp: Math.floor(timeUs / 1000),
      entity: fields === undefined ? { ...entity } : pickFields(entity, fields),
      lastModifiedAt: new Date(lastModifiedAt).toISOString(),
    })),
    _links: { next: link(next) },
  };
}

/** Opaque to clients: the time and the id of an event, since several may have one time. */
function cursorOf({ timeUs, id }: EventPlace): string {
  return Buffer.from(`${timeUs}:${id}`).toString('base64url');
}

/** @throws InvalidRequest for what is no cursor of ours. */
export function readCursor(text: string | undefined): EventPlace | undefined {
  if (text === undefined || text === '') return undefined;
  const plain = /^[A-Za-z0-9_-]{1,2048}$/.test(text) ? Buffer.from(text, 'base64url').toString('utf8') : '';
  const match = /^(-?\d{1,16}):(.+)$/su.exec(plain);
  if (match?.[1] === undefined || match[2] === undefined)
    throw wrong('start', 'must be the "next" of a page before');
  return { timeUs: Number(match[1]), id: match[2] };
}

/** `+timestamp` or `-timestamp`. A "+" that was not encoded arrives as a space. */
export function readEventOrder(text: string | undefined): EventsToFind['direction'] {
  const match = /^([ +-]?)timestamp$/.exec(text ?? 'timestamp');
  if (match === null) throw wrong('orderby', 'must be +timestamp or -timestamp');
  return match[1] === '-' ? 'desc' : 'asc';
}

/** Adobe asks for ms and shows seconds in its example (quirk D7); nobody means January 1970. */
export function eventTimeMs(time: number | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(time < 1e11 ? time * 1000 : time);
}
