import type { MergeRule } from '../../src/platform/records';

/** One row as it came in: a record of a profile, or an event. */
export interface NaiveRow {
  readonly entity: 'profile' | 'event';
  readonly datasetId: string;
  /** `namespace:id`, the primary one first. */
  readonly identities: readonly string[];
  /** Of an event. */
  readonly eventId?: string;
  readonly attributes?: NaiveAttributes;
}

/** Leaves, a list and a map; undefined is not there. */
export interface NaiveAttributes {
  readonly city?: string | undefined;
  readonly age?: number | undefined;
  readonly colours?: readonly string[] | undefined;
  readonly scores?: Readonly<Record<string, number>> | undefined;
}

export interface NaivePerson {
  readonly hasRecord: boolean;
  readonly identities: readonly string[];
  readonly attributes: NaiveAttributes;
  readonly eventIds: readonly string[];
}

/**
 * Merges rows, oldest first, to people: slow, and as the words of the contract say it.
 * A graph of more identities than `mostIdentities` makes nobody.
 */
export function mergeNaively(
  rows: readonly NaiveRow[],
  { identityGraph, attributeMerge }: MergeRule,
  mostIdentities = 50,
): readonly NaivePerson[] {
  const order = attributeMerge.type === 'dataSetPrecedence' ? (attributeMerge.order ?? []) : undefined;
  const records = rows.filter(
    ({ entity, datasetId }) => entity === 'profile' && (order === undefined || order.includes(datasetId)),
  );
  const events = firstOfEachId(rows.filter(({ entity }) => entity === 'event'));
  const allRecords = rows.filter(({ entity }) => entity === 'profile');
  const groups = identityGraph === 'pdg' ? linkedGroups([...allRecords, ...events]) : undefined;
  const personOf =
    groups === undefined ? ownerWithoutGraph(records) : (row: NaiveRow) => groups.get(primaryOf(row)) ?? '';
  const people = new Map<string, { records: NaiveRow[]; events: NaiveRow[] }>();
  const at = (key: string): { records: NaiveRow[]; events: NaiveRow[] } => {
    const person = people.get(key) ?? { records: [], events: [] };
    people.set(key, person);
    return person;
  };
  for (const record of records) at(personOf(record)).records.push(record);
  for (const event of events) at(personOf(event)).events.push(event);
  return [...people].flatMap(([key, person]) => {
    const inGraph = [...(groups ?? [])].filter(([, group]) => group === key).map(([identity]) => identity);
    if (inGraph.length > mostIdentities) return [];
    const own = person.records.length > 0 ? person.records : person.events;
    return {
      hasRecord: person.records.length > 0,
      identities: [...new Set([...inGraph, ...own.flatMap(({ identities }) => identities)])].sort(),
      attributes: mergedAttributes(person.records, order),
      eventIds: person.events.map(({ eventId = '' }) => eventId).sort(),
    };
  });
}

function primaryOf({ identities: [primary = ''] }: NaiveRow): string {
  return primary;
}

function firstOfEachId(events: readonly NaiveRow[]): readonly NaiveRow[] {
  return events.filter(
    ({ eventId }, place) => events.findIndex((other) => other.eventId === eventId) === place,
  );
}

/** Identity -> a name of its group: identities of one row are in one, however many rows it takes. */
function linkedGroups(rows: readonly NaiveRow[]): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const { identities } of rows) {
    const joined = new Set(identities.map((identity) => groups.get(identity) ?? identity));
    const name = [...joined].sort()[0] ?? '';
    for (const identity of identities) groups.set(identity, name);
    for (const [identity, group] of groups) if (joined.has(group)) groups.set(identity, name);
  }
  return groups;
}

/** A record is its primary identity's; an event is whose primary identity it has, else who owns another of its own. */
function ownerWithoutGraph(records: readonly NaiveRow[]): (row: NaiveRow) => string {
  const primaries = new Set(records.map(primaryOf));
  const ownerOf = (identity: string): string | undefined =>
    primaries.has(identity)
      ? identity
      : records
          .filter(({ identities }) => identities.includes(identity))
          .map(primaryOf)
          .sort()[0];
  return (row) =>
    row.entity === 'profile'
      ? primaryOf(row)
      : (row.identities.map(ownerOf).find((owner) => owner !== undefined) ?? primaryOf(row));
}

/** Records come oldest first; `order` names datasets, the strongest first. */
function mergedAttributes(
  records: readonly NaiveRow[],
  order: readonly string[] | undefined,
): NaiveAttributes {
  const strengthOf = ({ datasetId }: NaiveRow): number =>
    order === undefined ? 0 : -order.indexOf(datasetId);
  const weakestFirst = records
    .map((record, age) => ({ record, age }))
    .sort((a, b) => strengthOf(a.record) - strengthOf(b.record) || a.age - b.age)
    .map(({ record }) => record.attributes ?? {});
  const last = <T>(read: (attributes: NaiveAttributes) => T | undefined): T | undefined =>
    weakestFirst.map(read).findLast((value) => value !== undefined);
  const maps = weakestFirst.flatMap(({ scores }) => (scores === undefined ? [] : [scores]));
  return {
    city: last(({ city }) => city),
    age: last(({ age }) => age),
    colours: last(({ colours }) => colours),
    scores: maps.length === 0 ? undefined : (Object.assign({}, ...maps) as Record<string, number>),
  };
}
