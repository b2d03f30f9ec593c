import type { Listed, Page } from '../store/api/repository';

const chunk = 200;

/** One page of the records that fit, where the store cannot filter: reads its list in parts until the page is full. */
export async function collectPage<T>(
  list: (page: Page) => Promise<Listed<T>>,
  { page, fits }: { readonly page: Page; readonly fits: (record: T) => boolean },
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let offset = 0; found.length < page.offset + page.limit; offset += chunk) {
    const { items } = await list({ offset, limit: chunk });
    found.push(...items.filter(fits));
    if (items.length < chunk) break;
  }
  return found.slice(page.offset, page.offset + page.limit);
}

/** The same with how many fit in all, for lists that tell it; reads the whole list. */
export async function collectListed<T>(
  list: (page: Page) => Promise<Listed<T>>,
  { page, fits }: { readonly page: Page; readonly fits: (record: T) => boolean },
): Promise<Listed<T>> {
  const found = await collectPage(list, { page: { offset: 0, limit: Number.MAX_SAFE_INTEGER }, fits });
  return { items: found.slice(page.offset, page.offset + page.limit), totalCount: found.length };
}
