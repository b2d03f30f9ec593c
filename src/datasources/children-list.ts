import type { UpstreamService } from '../errors/upstream-error';
import type { OffsetPage } from './follow-offsets';
import type { RestQuery } from './rest-call';
import { readCount, readEnvelope, readListed, readNextLink } from './upstream';
import type { JsonRecord, Upstream } from './upstream';

/** Reads a page of the envelope `{ _page, children, _links }` of segment jobs and schedules. */
export async function readChildren<T extends object>(
  upstream: Upstream,
  list: {
    readonly service: UpstreamService;
    readonly path: string;
    readonly query: RestQuery;
    read(record: JsonRecord): T;
  },
): Promise<OffsetPage<T>> {
  const { body } = await upstream.request({ method: 'GET', path: list.path, query: list.query });
  const envelope = readEnvelope(list.service, body, { what: 'the list', records: 'children' });
  return {
    items: readListed(list.service, envelope['children'], {
      what: 'the children of the list',
      read: (child) => list.read(child),
    }),
    totalCount: readCount(envelope['_page'], 'totalCount'),
    hasNext: readNextLink(envelope['_links']) === null ? null : true,
  };
}
