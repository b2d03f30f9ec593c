import { namespaceIdOf } from '../../wire/namespaces';
import type { EstimateWire, NewPreviewWire, PreviewProfileWire, PreviewWire } from '../../wire/preview.wire';
import { estimateSize } from '../previews/estimate';
import type { Preview, PreviewProfile } from '../previews/preview';
import type { Page } from '../store/api/repository';

const executionId = 0;

/** `0:2:<query>:<execution>` in base64, whose letters are all plain ones for such a text. Clients take it as it is. */
export function previewIdOf(queryId: string): string {
  return Buffer.from(`0:2:${queryId}:${executionId}`).toString('base64url');
}

/** The query of a public id; undefined where it is none. */
export function queryIdOf(previewId: string): string | undefined {
  const text = Buffer.from(previewId, 'base64url').toString('utf8');
  return /^0:2:([0-9a-f-]{36}):0$/.exec(text)?.[1];
}

/** 201 of POST /preview. */
export function newPreviewBodyOf({ queryId, state }: Preview): NewPreviewWire {
  return {
    state,
    previewQueryId: queryId,
    previewQueryStatus: state,
    previewId: previewIdOf(queryId),
    previewExecutionId: executionId,
  };
}

/** GET /preview/{id}: profiles once all have been read, ordered by XID. */
export function previewBody(preview: Preview, page: Page, origin: string): PreviewWire {
  const found = preview.state === 'RESULT_READY' ? preview.profiles : [];
  const shown = found.slice(page.offset, page.offset + page.limit);
  const self = `${origin}/data/core/ups/preview/${previewIdOf(preview.queryId)}`;
  const linkTo = (offset: number): string => `${self}?offset=${offset}&limit=${page.limit}`;
  return {
    results: shown.map((profile) => profileBody(profile, origin)),
    state: preview.state,
    links: {
      _self: self,
      next: page.offset + shown.length < found.length ? linkTo(page.offset + page.limit) : '',
      prev: page.offset > 0 ? linkTo(Math.max(0, page.offset - page.limit)) : '',
    },
    page: { offset: page.offset, size: shown.length },
  };
}

function profileBody(profile: PreviewProfile, origin: string): Record<string, PreviewProfileWire> {
  const link = (xid: string): { _href: string } => ({
    _href: `${origin}/data/core/ups/models/profile/${xid}`,
  });
  const endCustomerIds = Object.fromEntries(profile.identities.map((xid) => [xid, link(xid)]));
  return { [profile.xid]: { ...link(profile.xid), endCustomerIds } };
}

/** GET /estimate/{previewId}. */
export function estimateBody(preview: Preview, origin: string): EstimateWire {
  const { size, standardError } = estimateSize(preview.tally);
  return {
    state: preview.state,
    estimatedSize: size,
    numRowsToRead: preview.sampleSize,
    totalRows: preview.tally.total,
    profilesReadSoFar: preview.tally.read,
    profilesMatchedSoFar: preview.tally.matched,
    estimatedNamespaceDistribution: [...preview.byNamespace].map(([code, matched]) => ({
      namespaceId: namespaceIdOf(code),
      profilesMatchedSoFar: matched,
    })),
    standardError: Math.round(standardError),
    confidenceInterval: '95%',
    error: { description: preview.error ?? '', traceback: '' },
    _links: { preview: `${origin}/data/core/ups/preview/${previewIdOf(preview.queryId)}` },
  };
}
