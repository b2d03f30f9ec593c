import type DataLoader from 'dataloader';
import type { MergePolicyWire } from '../wire/merge-policy.wire';
import { basePaths } from './endpoints';
import type { TokenPage } from './follow-tokens';
import type { MergePolicySource, PageRequest, SourcePage } from './index';
import { readPage } from './paging';
import { tokenScheme } from './paging-schemes';
import { createBulkLoader } from './record-loader';
import type { RestQuery } from './rest-call';
import { orNull, readCount, readEnvelope, readId, readListed, readNextPlace } from './upstream';
import type { JsonRecord, Upstream } from './upstream';

const service = 'segmentation';
const path = `${basePaths.ups}/config/mergePolicies`;

/** Merge policies, by name. Source: `/data/core/ups/config/mergePolicies`. */
export class MergePolicyDataSource implements MergePolicySource {
  private readonly loader: DataLoader<string, MergePolicyWire>;

  constructor(private readonly upstream: Upstream) {
    this.loader = createBulkLoader(upstream, { service, path, noun: 'merge policy', read: readPolicy });
  }

  async page(request: PageRequest): Promise<SourcePage<MergePolicyWire>> {
    const page = await readPage({
      cursors: this.upstream.cursors,
      binding: ['merge-policies'],
      scheme: tokenScheme<MergePolicyWire>({
        service,
        idOf: (policy) => policy.id,
        order: { keyOf: (policy) => policy.name ?? null, direction: 'ASC' },
        fetch: (start, limit) => this.fetchPage({ start, limit }),
      }),
      page: request,
    });
    for (const { node } of page.edges) this.loader.prime(node.id, node);
    return page;
  }

  find(id: string): Promise<MergePolicyWire | null> {
    return orNull(this.loader.load(id));
  }

  private async fetchPage(query: RestQuery): Promise<TokenPage<MergePolicyWire>> {
    const { body } = await this.upstream.request({ method: 'GET', path, query });
    const list = readEnvelope(service, body, { what: 'the list of merge policies', records: 'children' });
    return {
      items: readListed(service, list['children'], { what: 'the merge policies', read: readPolicy }),
      ...readNextPlace(service, list['_links'], 'start'),
      totalCount: readCount(list['_page'], 'totalCount'),
    };
  }
}

function readPolicy(record: JsonRecord): MergePolicyWire {
  return { ...record, id: readId(service, record) } as unknown as MergePolicyWire;
}
