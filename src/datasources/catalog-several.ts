import { UpstreamNotFound, UpstreamRejected } from '../errors/upstream-error';
import { entriesOf } from './catalog-entries';
import { maxUpstreamLimit } from './follow-offsets';
import type { WithId } from './index';
import type { Upstream } from './upstream';
import { notFound } from './upstream-answer';

const service = 'catalog';

/**
 * What one or two calls find of several ids: `GET /dataSets/{id},{id}` (Adobe, "Look up multiple Catalog objects"). An
 * upstream that does not know that form, or none of the ids, is asked for its newest ones; the others stay open.
 *
 * @param ids possible ones, 100 at most.
 */
export async function findSeveral<T extends object>(
  upstream: Upstream,
  { path, noun, ids }: { readonly path: string; readonly noun: string; readonly ids: readonly string[] },
): Promise<ReadonlyMap<string, WithId<T> | Error>> {
  const named = await findNamed<T>(upstream, `${path}/${ids.join(',')}`);
  const wanted = new Set(ids);
  const found = named.filter(({ id }) => wanted.has(id));
  // Who answers for some has been asked for all.
  if (found.length > 0)
    return new Map<string, WithId<T> | Error>([
      ...ids.map((id) => [id, notFound(service, `this ${noun}`)] as const),
      ...found.map((record) => [record.id, record] as const),
    ]);
  const query = { orderBy: 'desc:created', start: 0, limit: maxUpstreamLimit };
  const { body } = await upstream.request({ method: 'GET', path, query });
  return new Map(entriesOf<T>(body).map((record) => [record.id, record]));
}

async function findNamed<T extends object>(upstream: Upstream, path: string): Promise<WithId<T>[]> {
  try {
    return entriesOf<T>((await upstream.request({ method: 'GET', path })).body);
  } catch (error) {
    if (error instanceof UpstreamNotFound || error instanceof UpstreamRejected) return [];
    throw error;
  }
}
