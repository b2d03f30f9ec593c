import { parseJson } from '../lib/parse-json';
import { ownWordsIn } from '../lib/plain-prose';
import type { OwnWords } from '../lib/plain-prose';

/** The words of a request, headers aside: the parts of its path and query, and names, paths and texts of its JSON body. */
export function sentWords({ path, body }: { readonly path: string; readonly body: string | null }): OwnWords {
  const [place = '', query = ''] = path.split('?', 2);
  const texts = [...place.split('/').map(decoded), ...new URLSearchParams(query).values()];
  return ownWordsIn(body === null ? null : readable(body), texts);
}

function readable(body: string): unknown {
  try {
    return parseJson(body);
  } catch {
    return null;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
