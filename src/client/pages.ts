import { AudienceError } from './errors';

/** What is read of a connection; a document selects `pageInfo { hasNextPage endCursor }` beside its nodes or edges. */
export interface Connection {
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** Page after page, each asked for when it is wanted; `ask` gets the cursor to go on behind. */
export async function* pagesOf<TPage extends Connection>(
  ask: (after: string | undefined) => Promise<TPage | null | undefined>,
): AsyncGenerator<TPage, void, undefined> {
  const seen = new Set<string>();
  for (let after: string | undefined; ;) {
    const page = await ask(after);
    if (page === null || page === undefined) return;
    yield page;
    const { hasNextPage, endCursor } = page.pageInfo;
    if (!hasNextPage) return;
    after = endCursor ?? undefined;
    if (after === undefined || seen.has(after)) throw new AudienceError(noWayOn(after));
    seen.add(after);
  }
}

function noWayOn(after: string | undefined): { code: 'INVALID_RESPONSE'; message: string } {
  const message =
    after === undefined
      ? 'There are more pages, but no endCursor: select pageInfo { hasNextPage endCursor }.'
      : 'A page came a second time: hand the variable $after to the connection.';
  return { code: 'INVALID_RESPONSE', message };
}
