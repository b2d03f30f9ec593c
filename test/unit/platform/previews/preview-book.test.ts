import type { CheckedRule } from '../../../../src/pql';
import { checkPql } from '../../../../src/pql';
import type { Surroundings } from '../../../../src/platform/jobs/surroundings';
import { silentLog } from '../../../../src/platform/jobs/surroundings';
import { randomIds } from '../../../../src/platform/jobs/system-surroundings';
import type { Preview, PreviewRequest } from '../../../../src/platform/previews/preview';
import { PreviewBook } from '../../../../src/platform/previews/preview-book';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import { builtinSchema } from '../../../../src/xdm/builtin-schema';
import { manualTime } from '../../../support/manual-time';
import { ingest, otherTenant, person, StoreFixture, tenant } from '../store/support';

const fixture = new StoreFixture();
const time = manualTime('2026-11-22T00:00:00Z');
const surroundings: Surroundings = {
  clock: time.clock,
  monotonic: time.clock,
  ids: randomIds,
  timers: time.timers,
  log: silentLog,
};
let store: PlatformStore;
let book: PreviewBook;

beforeAll(async () => {
  store = await fixture.open();
  const people = ['Rome', 'Paris', 'Rome'].map((city, index) =>
    person(`p${index}@example.com`, { homeAddress: { city } }),
  );
  await ingest({ store, entity: 'profile', lines: people });
  const visits = [0, 2].map((index) =>
    person(`p${index}@example.com`, {
      _id: `visit-${index}`,
      timestamp: '2026-11-01T00:00:00Z',
      eventType: 'visit',
    }),
  );
  await ingest({ store, entity: 'event', lines: visits });
});
beforeEach(() => (book = new PreviewBook({ store, surroundings })));
afterEach(() => book.close());
afterAll(() => fixture.dispose());

function request(text: string): PreviewRequest {
  const { rule } = checkPql(text, { schema: builtinSchema, unknownAttributes: 'error' });
  return {
    rule: rule as CheckedRule,
    segments: new Map(),
    mergeRule: { identityGraph: 'none', attributeMerge: { type: 'timestampOrdered' } },
  };
}

const xidOf = (email: string): string => Buffer.from(`email:${email}`).toString('base64url');

/** Resolves when it has ended. */
async function ended(queryId: string): Promise<Preview | undefined> {
  for (;;) {
    const preview = book.find(tenant, queryId);
    if (preview === undefined || preview.state === 'RESULT_READY' || preview.state === 'FAILED')
      return preview;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the book of previews', () => {
  it('runs what it is given and knows the result', async () => {
    const { queryId, state } = book.start(tenant, request('homeAddress.city = "Rome"'));
    expect(state).toBe('NEW');
    expect(await ended(queryId)).toMatchObject({
      state: 'RESULT_READY',
      sampleSize: 3,
      tally: { total: 3, read: 3, matched: 2 },
    });
  });

  it.each(['homeAddress.city = "Rome"', 'select e from xEvent where e.eventType = "visit"'])(
    'lists who matches %s, in the order of their ids',
    async (rule) => {
      const { queryId } = book.start(tenant, request(rule));
      await ended(queryId);
      const listed = await book.listed(tenant, queryId);
      expect(listed?.profiles.map(({ xid }) => xid)).toEqual([
        xidOf('p0@example.com'),
        xidOf('p2@example.com'),
      ]);
    },
  );

  it('answers who asks at once when all has been counted', async () => {
    const { queryId } = book.start(tenant, request('homeAddress.city = "Rome"'));
    expect(await book.soon(tenant, queryId)).toMatchObject({ state: 'RESULT_READY', tally: { matched: 2 } });
  });

  it('answers with what it has where counting takes longer than a moment', async () => {
    const stuck: PlatformStore = { ...store, profileData: () => new Promise(() => undefined) };
    const slow = new PreviewBook({ store: stuck, surroundings });
    const { queryId } = slow.start(tenant, request('homeAddress.city = "Rome"'));
    const answer = slow.soon(tenant, queryId);
    time.advance(50);
    expect(await answer).toMatchObject({ state: 'RUNNING' });
  });

  it('lets nobody wait for a preview that is removed', async () => {
    const stuck: PlatformStore = { ...store, profileData: () => new Promise(() => undefined) };
    const slow = new PreviewBook({ store: stuck, surroundings });
    const { queryId } = slow.start(tenant, request('homeAddress.city = "Rome"'));
    const answer = slow.soon(tenant, queryId);
    slow.remove(tenant, queryId);
    expect(await answer).toBeUndefined();
  });

  it('answers for a tenant without any profile', async () => {
    const { queryId } = book.start(otherTenant, request('homeAddress.city = "Rome"'));
    for (;;) {
      const preview = book.find(otherTenant, queryId);
      if (preview?.state === 'RESULT_READY') break;
      expect(preview?.state).not.toBe('FAILED');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(book.find(otherTenant, queryId)?.tally).toEqual({ total: 0, read: 0, matched: 0 });
  });

  it("shows no tenant another's", () => {
    const { queryId } = book.start(tenant, request('homeAddress.city = "Rome"'));
    expect(book.find(otherTenant, queryId)).toBeUndefined();
    expect(book.remove(otherTenant, queryId)).toBe(false);
    expect(book.find(tenant, queryId)).toBeDefined();
  });

  it('forgets what is older than an hour', async () => {
    const { queryId } = book.start(tenant, request('homeAddress.city = "Rome"'));
    await ended(queryId);
    time.advance(60 * 60 * 1000 + 1);
    expect(book.find(tenant, queryId)).toBeUndefined();
  });

  it('stops and forgets what is removed', async () => {
    const { queryId } = book.start(tenant, request('homeAddress.city = "Rome"'));
    expect(book.remove(tenant, queryId)).toBe(true);
    expect(await ended(queryId)).toBeUndefined();
  });

  it('lets the oldest that has ended go for the hundred and first', async () => {
    const first = book.start(tenant, request('homeAddress.city = "Rome"'));
    await ended(first.queryId);
    for (let count = 1; count <= 100; count += 1) book.start(tenant, request('homeAddress.city = "Rome"'));
    expect(book.find(tenant, first.queryId)).toBeUndefined();
  });

  it('refuses more than a hundred that have not ended', () => {
    for (let count = 0; count < 100; count += 1) book.start(tenant, request('homeAddress.city = "Rome"'));
    expect(() => book.start(tenant, request('homeAddress.city = "Rome"'))).toThrow(/100/);
  });

  it('tells nothing of what went wrong inside', async () => {
    const broken: PlatformStore = { ...store, profileData: () => Promise.reject(new Error('secret path')) };
    book = new PreviewBook({ store: broken, surroundings });
    const { queryId } = book.start(tenant, request('homeAddress.city = "Rome"'));
    const preview = await ended(queryId);
    expect(preview?.state).toBe('FAILED');
    expect(preview?.error).not.toContain('secret');
  });
});
