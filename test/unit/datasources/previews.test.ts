import { UpstreamInvalidResponse, UpstreamNotFound } from '../../../src/errors/upstream-error';
import { toPreviewProfile } from '../../../src/mapping/preview.mapping';
import { startSources } from '../../support/fake-upstream';
import type { Reply, SeenCall, SourcesUnderTest } from '../../support/fake-upstream';

let under: SourcesUnderTest;

async function start(answer: (call: SeenCall) => Reply | undefined): Promise<void> {
  under = await startSources(answer, { limits: { backoffBaseMs: 1 } });
}

afterEach(() => under.close());

const href = (xid: string): object => ({
  _href: `https://platform.adobe.io/data/core/ups/models/profile/${xid}`,
});

describe('the members of a preview', () => {
  it('are read from maps keyed by XID, also where state and links stray into the last of them', async () => {
    await start(() => ({
      json: {
        results: [
          {
            'XID-2': { ...href('XID-2'), endCustomerIds: { 'XID-A': href('XID-A'), 'XID-2': href('XID-2') } },
          },
          { 'XID-3': href('XID-3'), 'XID-4': href('XID-4') },
          {
            'XID-5': href('XID-5'),
            state: 'RESULT_READY',
            links: { _self: '…' },
            page: { offset: 0, size: 4 },
          },
        ],
      },
    }));
    const page = await under.sources.previews.members('MDox', { first: 20 });
    expect(page.edges.map(({ node }) => toPreviewProfile(node))).toEqual([
      { id: 'XID-2', relatedIds: ['XID-A', 'XID-2'] },
      { id: 'XID-3', relatedIds: [] },
      { id: 'XID-4', relatedIds: [] },
      { id: 'XID-5', relatedIds: [] },
    ]);
  });

  it('are read from the list of objects, too', async () => {
    await start(() => ({
      json: { results: [{ objectId: 'XID-1', relatedObjects: [{ objectId: 'XID-7' }] }], link: '' },
    }));
    const page = await under.sources.previews.members('MDox', { first: 20 });
    expect(page.edges.map(({ node }) => toPreviewProfile(node))).toEqual([
      { id: 'XID-1', relatedIds: ['XID-7'] },
    ]);
  });
});

describe('a preview', () => {
  it('is read once by who asks for its state and its estimate', async () => {
    await start(() => ({ json: { state: 'RUNNING' } }));
    await Promise.all([under.sources.previews.find('MDox'), under.sources.previews.byId('MDox')]);
    expect(under.upstream.lines()).toEqual(['GET /estimate/MDox']);
  });

  it("keeps Adobe's long ids", async () => {
    await start(() => ({ json: { state: 'NEW' } }));
    const id = Buffer.from(
      '0:app-32be0328-3f31-4b64-8d84-acd0c4fbdad3:e890068b-f5ca-4a8f-a6b5-af87ff0caac3:0',
    )
      .toString('base64')
      .replaceAll('=', '');
    await under.sources.previews.byId(id);
    expect(under.upstream.lines()).toEqual([`GET /estimate/${id}`]);
  });

  it.each(['../segment/jobs', 'a b', ''])('is not looked for under "%s", which is no id', async (id) => {
    await start(() => ({ json: {} }));
    await expect(under.sources.previews.byId(id)).rejects.toBeInstanceOf(UpstreamNotFound);
    expect(under.upstream.lines()).toEqual([]);
  });

  it('that was started without an id is a broken answer', async () => {
    await start(() => ({ status: 201, json: { state: 'NEW' } }));
    const body = {
      predicateExpression: 'homeAddress',
      predicateType: 'pql/text',
      predicateModel: 'x',
    } as const;
    await expect(under.sources.previews.start(body)).rejects.toBeInstanceOf(UpstreamInvalidResponse);
  });
});
