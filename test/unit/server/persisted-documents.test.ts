import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { readPersistedDocuments } from '../../../src/main/read-persisted-documents';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const known = 'query Who { session { orgId } }';
const other = '{ session { sandbox } }';
const sha256 = createHash('sha256').update(known).digest('hex');
/** As graphql-codegen's client preset names a document, unless told to take SHA-256. */
const sha1 = createHash('sha1').update(known).digest('hex');
const persistedQuery = (sha256Hash: string): object => ({ persistedQuery: { version: 1, sha256Hash } });

let folder: string;
let started: StartedGateway;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'persisted-'));
  const path = join(folder, 'documents.json');
  await writeFile(path, JSON.stringify({ [sha1]: known }));
  started = await startGateway(() => undefined, { persistedDocuments: await readPersistedDocuments(path) });
});
afterAll(async () => {
  await started.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly requestId: string } }[];
}

const whoAmI = { data: { session: { orgId: 'EMBEDDED@AdobeOrg' } } };

async function overHttp(body: object): Promise<Answer> {
  return (await (await started.post(body)).json()) as Answer;
}

async function overSocket(payload: { query: string; extensions?: Record<string, unknown> }): Promise<Answer> {
  const url = `${started.gateway.url.replace('http', 'ws')}/graphql`;
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
  try {
    const { value } = (await client.iterate(payload).next()) as { value: Answer };
    return value;
  } catch (errors) {
    return { errors: errors as NonNullable<Answer['errors']> };
  } finally {
    await client.dispose();
  }
}

describe('a gateway of persisted documents', () => {
  it.each([
    ['its very text', { query: known }],
    ['the SHA-256 of its text', { extensions: persistedQuery(sha256) }],
    ['its key in the file', { extensions: persistedQuery(sha1) }],
    ['documentId', { documentId: sha1 }],
    ['documentId with the name of the hash', { documentId: `sha256:${sha256.toUpperCase()}` }],
    ['hash and text together', { query: known, extensions: persistedQuery(sha256) }],
  ])('runs a document that is named by %s', async (_how, body) => {
    expect(await overHttp(body)).toEqual(whoAmI);
  });

  it.each([
    ['another text', { query: other }],
    ['another text with the hash of a known one', { query: other, extensions: persistedQuery(sha256) }],
    ['the same with one more blank', { query: `${known} ` }],
    ['an unknown hash', { extensions: persistedQuery('a'.repeat(64)) }],
    ['no document', { variables: {} }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
    ['a text that is no GraphQL', { query: '{' }],
  ])('refuses %s', async (_what, body) => {
    const response = await started.post(body);
    const { data, errors } = (await response.json()) as Answer;
    expect([response.status, data]).toEqual([400, undefined]);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['PERSISTED_QUERY_ONLY']);
    expect(errors?.[0]?.extensions.requestId).toBe(response.headers.get('x-request-id'));
  });

  it('does the same over sockets', async () => {
    expect(await overSocket({ query: known })).toEqual(whoAmI);
    expect(await overSocket({ query: '', extensions: { persistedQuery: { sha256Hash: sha256 } } })).toEqual(
      whoAmI,
    );
    for (const refused of [{ query: other }, { query: '' }]) {
      const { errors } = await overSocket(refused);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['PERSISTED_QUERY_ONLY']);
    }
  });
});

describe('the file of persisted documents', () => {
  it.each([
    ['is no JSON', '{'],
    ['is a list', '[]'],
    ['has a key that is no hash', JSON.stringify({ who: known })],
    ['has what is no document', JSON.stringify({ [sha256]: '{ session' })],
    ['has what is no text', JSON.stringify({ [sha256]: 1 })],
  ])('ends the start where it %s', async (_what, text) => {
    const path = join(folder, 'wrong.json');
    await writeFile(path, text);
    await expect(readPersistedDocuments(path)).rejects.toMatchObject({
      problems: [{ name: 'PERSISTED_QUERIES', message: expect.stringContaining(path) as string }],
    });
  });

  it('ends the start where it is not there', async () => {
    await expect(readPersistedDocuments(join(folder, 'none.json'))).rejects.toThrow('ENOENT');
  });
});
