import { createHash } from 'node:crypto';
import { isRecord } from '../lib/is-record';

/** The only documents that run, where an operator has named some. */
export interface PersistedDocuments {
  /** The document that is asked for, by its hash or its very text; undefined where it is none of them. */
  find(asked: AskedDocument): string | undefined;
}

/** What a client may name a document by. */
export interface AskedDocument {
  /** Empty, or the text. */
  readonly query?: unknown;
  /** `persistedQuery.sha256Hash`, as Apollo's links send it. */
  readonly extensions?: unknown;
  /** As the draft of GraphQL over HTTP names it; `sha256:` may stand before it. */
  readonly documentId?: unknown;
}

/**
 * Documents by what they may be asked for: the keys that they have in the file (graphql-codegen's are SHA-1 unless told),
 * the SHA-256 of their text, and the text itself.
 *
 * Sources: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#persisted-documents,
 * https://github.com/graphql/graphql-over-http, appendix "Persisted Documents".
 */
export function createPersistedDocuments(byKey: Readonly<Record<string, string>>): PersistedDocuments {
  const texts = new Set(Object.values(byKey));
  const byHash = new Map([
    ...[...texts].map((text) => [sha256Of(text), text] as const),
    ...Object.entries(byKey).map(([key, text]) => [key.toLowerCase(), text] as const),
  ]);
  return {
    find: ({ query, extensions, documentId }) => {
      if (typeof query === 'string' && query !== '') return texts.has(query) ? query : undefined;
      const persisted = isRecord(extensions) ? extensions['persistedQuery'] : undefined;
      const hash = isRecord(persisted) ? persisted['sha256Hash'] : documentId;
      return typeof hash === 'string' ? byHash.get(hash.toLowerCase().replace(/^sha256:/, '')) : undefined;
    },
  };
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
