import type { FastifyInstance } from 'fastify';
import { InvalidRequest } from '../../errors/platform-error';
import type { LuceneTest } from '../../lib/lucene-query';
import { parseLucene } from '../../lib/lucene-query';
import type {
  SearchEntitiesWire,
  SearchEntityWire,
  SearchNamespacesWire,
  SearchTaxonomyWire,
} from '../../wire/search.wire';
import type { ExternalAudience, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import { collectPage } from './collect-page';
import type { HttpServices } from './http-services';
import type { Query } from './query';
import { wrong } from './query';
import { Refusal } from './refusal';
import { addResource } from './resource';
import type { Call } from './resource';

const path = '/data/core/ups/search';
const schemaName = '_xdm.context.segmentdefinition';
const status = { message: 'Success' };
const largestPage = 50;

/** `/search`: audiences that were made elsewhere, by Lucene's query syntax. Source: contract §12. */
export function addSearch(app: FastifyInstance, { store }: HttpServices): void {
  addResource(app, `${path}/namespaces`, { GET: (call) => namespaces(call, store) });
  addResource(app, `${path}/entities`, { GET: (call) => entities(call, store) });
  addResource(app, `${path}/taxonomy`, { GET: (call) => taxonomy(call, store) });
}

async function namespaces(call: Call, store: PlatformStore): Promise<SearchNamespacesWire> {
  begin(call, 'schema.name');
  const found = await search(store, call.tenant, readSearch(call.query));
  const counts = new Map<string, number>();
  for (const { namespace } of found) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  const listed = [...counts].map(([namespace, count]) => ({ namespace, count }));
  return { namespaces: listed, totalCount: listed.length, status };
}

async function entities(call: Call, store: PlatformStore): Promise<SearchEntitiesWire> {
  begin(call, 'schemaClass');
  const { query } = call;
  const test = readSearch(query);
  const namespace = required(query, 'namespace').toLowerCase();
  const folder = query.text('entityId');
  const limit = query.integer('limit', { min: 1, max: largestPage }) ?? largestPage;
  const pageOffset = query.integer('page', { min: 0, max: 1_000_000 }) ?? 0;
  const found = (await search(store, call.tenant, test)).filter(
    (audience) =>
      audience.namespace.toLowerCase() === namespace &&
      (folder === undefined || folderOf(audience) === folder),
  );
  const shown = found.slice(pageOffset * limit, (pageOffset + 1) * limit);
  return {
    entities: shown.map(entityBody),
    page: {
      totalCount: found.length,
      totalPages: Math.max(1, Math.ceil(found.length / limit)),
      pageOffset,
      pageSize: shown.length,
    },
    status,
  };
}

async function taxonomy(call: Call, store: PlatformStore): Promise<SearchTaxonomyWire> {
  begin(call, 'schema.name');
  const namespace = required(call.query, 'namespace').toLowerCase();
  const id = required(call.query, 'entityId');
  const audience = await store.externalAudiences.get(call.tenant, id);
  if (audience === undefined || audience.namespace.toLowerCase() !== namespace) {
    const message = `There is no entity ${id} in this namespace.`;
    throw new Refusal({ status: 404, code: 'RESOURCE_NOT_FOUND', message });
  }
  const { base64EncodedSourceId, name, parentFolderId } = entityBody(audience);
  return { taxonomy: [{ id, base64EncodedSourceId, name, parentFolderId }], status };
}

/** The header's one version and the parameter's one class; both may be absent from what clients send but for the class. */
function begin({ query, request }: Call, classParameter: string): void {
  const version = request.headers['x-ups-search-version'];
  if (version !== undefined && version !== '1.0')
    throw new InvalidRequest('The header x-ups-search-version must be 1.0.');
  if (required(query, classParameter).toLowerCase() !== schemaName)
    throw wrong(classParameter, `must be ${schemaName}`);
}

function required(query: Query, name: string): string {
  const text = query.text(name);
  if (text === undefined) throw wrong(name, 'must be there');
  return text;
}

/** Everything where nothing is asked for. */
function readSearch(query: Query): LuceneTest {
  const text = query.text('s');
  if (text === undefined) return () => true;
  const test = text.length > 2048 ? undefined : parseLucene(text);
  if (test === undefined) throw wrong('s', 'must be a query in Lucene syntax, as name:test');
  return test;
}

/** In the order of their names. */
async function search(
  store: PlatformStore,
  tenant: Tenant,
  test: LuceneTest,
): Promise<readonly ExternalAudience[]> {
  return collectPage(
    (page) => store.externalAudiences.list(tenant, page, { field: 'name', direction: 'asc' }),
    {
      page: { offset: 0, limit: Number.MAX_SAFE_INTEGER },
      fits: (audience) => test((field) => textsOf(audience, field)),
    },
  );
}

function textsOf(audience: ExternalAudience, field: string | undefined): readonly string[] {
  const { id, audienceId, name, description = '', namespace, originName, labels } = audience;
  const fields: Readonly<Record<string, readonly string[]>> = {
    id: [id],
    sourceId: [audienceId],
    name: [name],
    description: [description],
    namespace: [namespace],
    originName: [originName],
    labels,
  };
  if (field === undefined) return [name, description, id, audienceId].filter((text) => text !== '');
  return (Object.hasOwn(fields, field) ? (fields[field] ?? []) : []).filter((text) => text !== '');
}

/** Folders are known by what lies in them. */
function folderOf({ linkedAudienceRef }: ExternalAudience): string {
  return linkedAudienceRef?.['audienceFolderId'] ?? '';
}

function entityBody(audience: ExternalAudience): SearchEntityWire {
  const { id, audienceId, name, description = '' } = audience;
  return {
    id,
    base64EncodedSourceId: Buffer.from(audienceId).toString('base64'),
    sourceId: audienceId,
    isFolder: false,
    parentFolderId: folderOf(audience),
    name,
    description,
  };
}
