import type { AudienceListWire, AudienceWire } from '../../wire/audience.wire';
import { linkTo } from './next-link';
import { readPropertyFilter } from './property-filter';
import type { Query } from './query';
import { readPage, wrong } from './query';
import { profileSchemaName } from './tenant-body';

const sortable = [
  'name',
  'creationTime',
  'createEpoch',
  'updateTime',
  'updateEpoch',
  'id',
  'audienceId',
] as const;

/** What a path of `property` may begin with. */
const attributes = [
  ...[
    'id',
    'audienceId',
    'name',
    'description',
    'type',
    'originName',
    'namespace',
    'lifecycleState',
    'labels',
  ],
  ...['imsOrgId', 'sandbox', 'schema', 'expression', 'mergePolicyId', 'evaluationInfo', 'datasetId'],
  ...['linkedAudienceRef', 'dependents', 'dependencies', 'creationTime', 'createEpoch', 'updateTime'],
  ...['updateEpoch', 'profileInstanceId', 'isSystem', 'dataGovernancePolicy', 'ttlInDays'],
];

/** The page of a list that a query asks for: filtered, then sorted, newest first unless told. Source: contract §11. */
export function readAudienceList(query: Query, audiences: readonly AudienceWire[]): AudienceListWire {
  const page = readPage(query, { defaultLimit: 100, maxLimit: 1000 });
  const { keys, isBefore } = readOrder(query);
  const found = audiences.filter(readFilter(query)).sort(isBefore);
  const children = found.slice(page.offset, page.offset + page.limit);
  const end = page.offset + children.length;
  const hasMore = children.length > 0 && end < found.length;
  const totalCount = found.length;
  const [first] = keys;
  const place = { start: end, limit: page.limit, totalCount };
  return {
    children,
    _page: {
      totalCount,
      totalPages: Math.ceil(totalCount / page.limit),
      sortField: first.attribute,
      sort: first.direction,
      pageSize: children.length,
      limit: page.limit,
      start: page.offset,
      ...(hasMore ? { next: end } : {}),
    },
    _links: { next: hasMore ? { href: `@${linkTo('/audiences', query, place)}` } : {} },
  };
}

function readFilter(query: Query): (audience: AudienceWire) => boolean {
  const name = query.text('name')?.toLowerCase();
  const description = query.text('description')?.toLowerCase();
  const entityType = query.text('entityType') ?? profileSchemaName;
  const tests = query
    .all('property')
    // The older word, which POST takes too.
    .map((property) => property.replace(/^type==ExternalSegment$/u, 'type==ExternalAudience'))
    .map((property) => readPropertyFilter(property, attributes));
  return (audience) =>
    entityType === profileSchemaName &&
    (name === undefined || audience.name.toLowerCase().includes(name)) &&
    (description === undefined || (audience.description ?? '').toLowerCase().includes(description)) &&
    tests.every((test) => test(audience));
}

interface SortKey {
  readonly attribute: (typeof sortable)[number];
  readonly direction: 'asc' | 'desc';
}

interface Order {
  readonly keys: readonly [SortKey, ...SortKey[]];
  readonly isBefore: (one: AudienceWire, other: AudienceWire) => number;
}

function readOrder(query: Query): Order {
  const [first = '', ...further] = (query.text('sort') ?? 'creationTime:desc').split(',');
  const keys: readonly [SortKey, ...SortKey[]] = [readKey(first), ...further.map(readKey)];
  const withTie: readonly SortKey[] = [...keys, { attribute: 'id', direction: keys[0].direction }];
  const isBefore: Order['isBefore'] = (one, other) => {
    const signs = withTie.map(({ attribute, direction }) => {
      const [left, right] = [one[attribute], other[attribute]];
      const sign = left === right ? 0 : left < right ? -1 : 1;
      return direction === 'asc' ? sign : -sign;
    });
    return signs.find((sign) => sign !== 0) ?? 0;
  };
  return { keys, isBefore };
}

function readKey(text: string): SortKey {
  const [name = '', direction = 'asc'] = text.trim().split(':');
  const attribute = sortable.find((known) => known === name);
  if (attribute === undefined) throw wrong('sort', `must sort by one of ${sortable.join(', ')}`);
  if (direction !== 'asc' && direction !== 'desc')
    throw wrong('sort', 'must be attribute:asc or attribute:desc');
  return { attribute, direction };
}
