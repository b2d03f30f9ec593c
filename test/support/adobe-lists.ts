/** What a list of the upstream is asked. */
export interface ListCall {
  readonly query: URLSearchParams;
}

export interface ListRow {
  readonly id: string | number;
  /** ms */
  readonly creationTime: number;
}

/** How one of Adobe's lists looks. Source: REST contract §17. */
export type Envelope<Row> = (all: readonly Row[], call: ListCall) => unknown;

const places = ({ query }: ListCall): { start: number; limit: number } => ({
  start: Number(query.get('start') ?? query.get('offset') ?? 0),
  limit: Number(query.get('limit')),
});

/** Segment jobs and schedules. */
export const children = <Row>(all: readonly Row[], call: ListCall): unknown => {
  const { start, limit } = places(call);
  const end = Math.min(start + limit, all.length);
  return {
    _page: { totalCount: all.length, pageSize: Math.max(0, end - start) },
    children: all.slice(start, end),
    _links: { next: end < all.length ? { href: `@/x?start=${String(end)}` } : {} },
  };
};

/** The same where an upstream neither counts nor links. */
export const withoutLinks = <Row>(all: readonly Row[], call: ListCall): unknown => {
  const { start, limit } = places(call);
  return { _page: { pageSize: limit }, children: all.slice(start, start + limit), _links: { next: {} } };
};

/** Segment definitions. */
export const segments = <Row>(all: readonly Row[], call: ListCall): unknown => {
  const { start, limit } = places(call);
  const end = Math.min(start + limit, all.length);
  const page = {
    totalCount: all.length,
    totalPages: 9,
    sortField: 'creationTime',
    sort: 'desc',
    pageSize: end - start,
    limit,
  };
  return {
    segments: all.slice(start, end),
    page,
    link: end < all.length ? { next: '/segment/definitions?page=1' } : {},
  };
};

/** Export jobs, paged by `<creationTime>_<id>` of the last record: what follows is strictly older. */
export const records = <Row extends ListRow>(all: readonly Row[], { query }: ListCall): unknown => {
  const limit = Number(query.get('limit'));
  const after = query.get('offset');
  const [time, id] = (after ?? '').split('_').map(Number);
  const isBehind = (row: Row): boolean =>
    row.creationTime < (time ?? 0) || (row.creationTime === time && Number(row.id) < (id ?? 0));
  const rest = after === null ? all : all.filter(isBehind);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  const cursor = last === undefined ? '' : `${String(last.creationTime)}_${String(last.id)}`;
  return {
    records: shown,
    page: { sortField: 'createdTime', sort: 'desc', pageOffset: '1_1', pageSize: shown.length },
    link: { next: limit < rest.length ? `/export/jobs/?limit=${String(limit)}&offset=${cursor}` : '' },
  };
};

/** Export jobs of an upstream that counts: `offset=2`. */
export const countedRecords = <Row>(all: readonly Row[], call: ListCall): unknown => {
  const { start, limit } = places(call);
  const end = start + limit;
  const next = end < all.length ? `/export/jobs/?limit=${String(limit)}&offset=${String(end)}` : '';
  return { records: all.slice(start, end), page: {}, link: { next } };
};

/** Merge policies whose opaque token hides an offset. */
export const tokens = <Row>(all: readonly Row[], call: ListCall): unknown => {
  const token = call.query.get('start');
  const start = token === null ? 0 : Number(Buffer.from(token, 'base64').toString());
  const end = Math.min(start + Number(call.query.get('limit')), all.length);
  const next = Buffer.from(String(end)).toString('base64');
  return policies(all, { start, end, next });
};

/** Merge policies whose opaque token names the first record of the next page, or what follows where that is gone. */
export const namedTokens = <Row extends { readonly name: string }>(
  all: readonly Row[],
  call: ListCall,
): unknown => {
  const token = call.query.get('start');
  const name = token === null ? '' : Buffer.from(token, 'base64').toString();
  const found = all.findIndex((row) => row.name >= name);
  const start = found < 0 ? all.length : found;
  const end = Math.min(start + Number(call.query.get('limit')), all.length);
  return policies(all, { start, end, next: Buffer.from(all[end]?.name ?? '').toString('base64') });
};

function policies<Row>(
  all: readonly Row[],
  { start, end, next }: { readonly start: number; readonly end: number; readonly next: string },
): unknown {
  const href = end < all.length ? `@/mergePolicies?start=${encodeURIComponent(next)}&orderBy=&limit=2` : '';
  return {
    _page: { totalCount: all.length, pageSize: end - start },
    children: all.slice(start, end),
    _links: { next: { href } },
  };
}

/** Catalog: a map without links or a count. */
export const map = <Row extends ListRow>(all: readonly Row[], call: ListCall): unknown => {
  const { start, limit } = places(call);
  return Object.fromEntries(all.slice(start, start + limit).map(({ id, ...rest }) => [String(id), rest]));
};

/** Audience templates come whole. */
export const array = <Row extends ListRow>(all: readonly Row[]): unknown =>
  all.map(({ id, ...rest }) => ({ ...rest, instanceId: String(id) }));
