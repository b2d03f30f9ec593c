import type { Reply, SeenCall } from './fake-upstream';

/** What an upstream of so many of each noun needs to be told. */
export interface ManyThings {
  /** Of each noun; `3` means s0, s1, s2. */
  readonly count: number;
  /** Of the upstream itself, which also plays the destination of its audience template. */
  readonly url: string;
  /** What is in each file. */
  readonly parquet: Buffer;
}

/** Catalog and Data Access of `answerForMany`: datasets d0, d1 …, each with the batch of the same number and its file. */
export function alsoCatalog(call: SeenCall, things: ManyThings): Reply | undefined {
  const [service = '', resource = '', name = '', files = ''] = call.path
    .replace(/^\/data\/foundation\//, '')
    .split('/');
  if (service === 'catalog') return catalog(call, { resource, name, things });
  if (resource === 'batches' && files === 'files') {
    const data = [{ dataSetFileId: `${name}-1`, name: undefined }];
    return { json: { data, _page: { limit: 100, count: 1 }, _links: {} } };
  }
  if (resource === 'files') return call.query.has('path') ? content(call, things) : directory(things);
  return undefined;
}

function catalog(
  { method, query }: SeenCall,
  asked: { readonly resource: string; readonly name: string; readonly things: ManyThings },
): Reply {
  const { resource, name, things } = asked;
  if (method === 'POST') return { status: 201, json: ['@/dataSets/d0'] };
  const start = Number(query.get('start') ?? 0);
  const limit = Number(query.get('limit') ?? 20);
  const letter = resource === 'dataSets' ? 'd' : 'b';
  const all = Array.from({ length: things.count }, (_, number) => `${letter}${number}`);
  const ofDatasets = query.get('dataSet')?.replaceAll('d', 'b').split(',');
  const ids = name !== '' ? name.split(',') : (ofDatasets ?? all).slice(start, start + limit);
  return {
    json: Object.fromEntries(ids.map((id) => [id, resource === 'dataSets' ? dataset(id) : batch(id)])),
  };
}

const dataset = (id: string): object => ({ name: `Dataset ${id}`, created: 1_700_000_000_000 });
const batch = (id: string): object => ({
  status: 'success',
  created: 1_700_000_000_000,
  relatedObjects: [{ type: 'dataSet', id: id.replace('b', 'd') }],
});

function directory({ parquet }: ManyThings): Reply {
  const data = [{ name: 'profiles.parquet', length: String(parquet.length) }];
  return { json: { data, _page: { limit: 100, count: 1 }, _links: {} } };
}

function content({ headers }: SeenCall, { parquet }: ManyThings): Reply {
  const [, from = '0', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  const part = parquet.subarray(Number(from), Number(to) + 1);
  return {
    raw: (response) => {
      response.writeHead(206, {
        'content-type': 'application/octet-stream',
        'content-length': part.length,
        'content-range': `bytes ${from}-${to}/${parquet.length}`,
      });
      response.end(part);
    },
  };
}
