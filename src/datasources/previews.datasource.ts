import type { EstimateWire, NewPreviewWire } from '../wire/preview.wire';
import { isRecord } from '../lib/is-record';
import { basePaths } from './endpoints';
import type { NewPreviewBodyWire, PageRequest, PreviewMember, PreviewSource, SourcePage } from './index';
import { readPage } from './paging';
import { offsetScheme } from './paging-schemes';
import { orNull, readEnvelope, readNextLink, readRecord } from './upstream';
import type { JsonRecord, Upstream } from './upstream';
import { invalidResponse, notFound } from './upstream-answer';

const service = 'segmentation';
const path = `${basePaths.ups}/preview`;
const estimatePath = `${basePaths.ups}/estimate`;

/** Previews and their estimates, which share an id. Source: `/data/core/ups/preview`, `/data/core/ups/estimate`. */
export class PreviewDataSource implements PreviewSource {
  private readonly estimates = new Map<string, Promise<EstimateWire>>();

  constructor(private readonly upstream: Upstream) {}

  async start(body: NewPreviewBodyWire): Promise<NewPreviewWire> {
    const answer = await this.upstream.request({ method: 'POST', path, body });
    const record = readRecord(service, answer.body, 'the preview');
    const { previewId } = record;
    if (typeof previewId !== 'string' || previewId === '')
      throw invalidResponse(service, 'the preview has no previewId');
    return { ...record, previewId } as unknown as NewPreviewWire;
  }

  byId(id: string): Promise<EstimateWire> {
    const reading = this.estimates.get(id) ?? this.read(id);
    this.estimates.set(id, reading);
    return reading;
  }

  find(id: string): Promise<EstimateWire | null> {
    return orNull(this.byId(id));
  }

  members(id: string, request: PageRequest): Promise<SourcePage<PreviewMember>> {
    return readPage({
      cursors: this.upstream.cursors,
      binding: ['preview', id],
      scheme: offsetScheme<PreviewMember>({
        service,
        idOf: (member) => member.id,
        fetch: async (offset, limit) => {
          const query = { offset, limit };
          const { body } = await this.upstream.request({ method: 'GET', path: pathOf(path, id), query });
          const record = readEnvelope(service, body, { what: 'the preview', records: 'results' });
          const items = readResults(record['results'] ?? []).flatMap(toMembers);
          return {
            items,
            totalCount: null,
            hasNext: readNextLink(record['links'] ?? record['link']) === null ? null : true,
          };
        },
      }),
      page: request,
    });
  }

  private async read(id: string): Promise<EstimateWire> {
    const { body } = await this.upstream.request({ method: 'GET', path: pathOf(estimatePath, id) });
    return readRecord(service, body, 'the estimate') as unknown as EstimateWire;
  }
}

/** What some answers put into the last element beside the profiles (quirk N28). */
const strays: ReadonlySet<string> = new Set(['state', 'links', '_links', 'link', 'page']);

/** An element that is no object is a profile without an id; mapping tells of it, and the others answer. */
function readResults(results: unknown): readonly JsonRecord[] {
  if (!Array.isArray(results)) throw invalidResponse(service, 'the results are not a list');
  return results.map((element: unknown) => (isRecord(element) ? element : { objectId: '' }));
}

/** Either form of an element: a map keyed by XID, which may hold several, or `{ objectId, relatedObjects }` (quirk N27). */
function toMembers(element: JsonRecord): readonly PreviewMember[] {
  const { objectId } = element;
  if (objectId !== undefined) return [{ id: typeof objectId === 'string' ? objectId : '', profile: element }];
  return Object.entries(element)
    .filter(([key]) => !strays.has(key))
    .map(([id, profile]) => ({ id, profile }));
}

/** Ids of previews are base64 and longer than others. @throws UpstreamNotFound for what cannot be one. */
function pathOf(base: string, id: string): string {
  if (!/^[A-Za-z0-9+/=_-]{1,256}$/.test(id)) throw notFound(service, 'a preview with this id');
  return `${base}/${encodeURIComponent(id)}`;
}
