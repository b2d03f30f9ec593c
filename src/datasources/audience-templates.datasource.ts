import type DataLoader from 'dataloader';
import { isRecord } from '../lib/is-record';
import type { AudienceTemplateBodyWire, AnyAudienceTemplateWire } from '../wire/audience-template.wire';
import { basePaths } from './endpoints';
import type { AudienceTemplateSource, PageRequest, SourcePage } from './index';
import { readPage } from './paging';
import { wholeListScheme } from './paging-schemes';
import { createSingleLoader, primeWith } from './record-loader';
import { orNull, pathOf, readId, readListed, readRecord } from './upstream';
import type { JsonRecord, Upstream } from './upstream';

const service = 'destination-authoring';
const path = `${basePaths.authoring}/audience-templates`;

/** Audience templates in the alpha model. Source: `/data/core/activation/authoring/v1/audience-templates`. */
export class AudienceTemplateDataSource implements AudienceTemplateSource {
  private readonly loader: DataLoader<string, AnyAudienceTemplateWire>;

  constructor(private readonly upstream: Upstream) {
    const noun = 'audience template';
    const read = (record: JsonRecord): AnyAudienceTemplateWire => readTemplate(record);
    this.loader = createSingleLoader(upstream, { service, path, noun, read });
  }

  async page(request: PageRequest): Promise<SourcePage<AnyAudienceTemplateWire>> {
    const page = await readPage({
      cursors: this.upstream.cursors,
      binding: ['audience-templates'],
      scheme: wholeListScheme<AnyAudienceTemplateWire>({
        service,
        idOf: (template) => template.instanceId,
        fetch: async () => readTemplates((await this.upstream.request({ method: 'GET', path })).body),
      }),
      page: request,
    });
    for (const { node } of page.edges) this.loader.prime(node.instanceId, node);
    return page;
  }

  byId(id: string): Promise<AnyAudienceTemplateWire> {
    return this.loader.load(id);
  }

  find(id: string): Promise<AnyAudienceTemplateWire | null> {
    return orNull(this.loader.load(id));
  }

  async create(body: AudienceTemplateBodyWire): Promise<AnyAudienceTemplateWire> {
    const answer = await this.upstream.request({ method: 'POST', path, body });
    return this.keep(answer.body);
  }

  async replace(id: string, body: AudienceTemplateBodyWire): Promise<AnyAudienceTemplateWire> {
    this.loader.clear(id);
    const answer = await this.upstream.request({ method: 'PUT', path: pathOf(path, id), body });
    return this.keep(answer.body);
  }

  async delete(id: string): Promise<void> {
    this.loader.clear(id);
    await this.upstream.request({ method: 'DELETE', path: pathOf(path, id) });
  }

  private keep(body: unknown): AnyAudienceTemplateWire {
    const template = readTemplate(
      readRecord(service, Array.isArray(body) ? body[0] : body, 'the audience template'),
    );
    return primeWith(this.loader, template.instanceId, template);
  }
}

/** The list is an array, an object with `items`, or one bare template (quirk N36). */
function readTemplates(body: unknown): AnyAudienceTemplateWire[] {
  const list = isRecord(body) ? (body['items'] ?? (body['instanceId'] === undefined ? [] : [body])) : body;
  return readListed(service, list, {
    what: 'the audience templates',
    idName: 'instanceId',
    read: readTemplate,
  });
}

function readTemplate(record: JsonRecord): AnyAudienceTemplateWire {
  return { ...record, instanceId: readId(service, record, 'instanceId') };
}
