import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { compileFunction } from 'node:vm';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import type { ClientOptions } from 'graphql-ws';
import { transpileModule } from 'typescript';
import { Client, subscriptionExchange } from 'urql';
import { WebSocket } from 'ws';
import { createAudienceClient } from '../../../src/client';
import { defaultPace } from '../../../src/server/stream-pace';
import { followedJobs } from '../../support/followed-jobs';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const page = readFileSync('docs/subscriptions.md', 'utf8');
const blocksOf = (path: string): { language: string | undefined; text: string }[] =>
  [...readFileSync(path, 'utf8').matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, text = '']) => ({
    language,
    text,
  }));
const blocks = blocksOf('docs/subscriptions.md');
const blockOf = (word: string): string => blocks.find(({ text }) => text.includes(word))?.text ?? '';

const query = blockOf('$after: EventCursor');
const jobs = followedJobs({});
let embedded: StartedGateway;
let adobe: StartedGateway;
beforeAll(async () => {
  embedded = await startGateway(jobs.answer);
  adobe = await startGateway(jobs.answer, { defaultCaller: null, upstream: { url: '', mode: 'ADOBE' } });
});
beforeEach(() => {
  jobs.statuses.clear();
  jobs.statuses.set('my-job', 'PROCESSING');
});
afterAll(async () => {
  await embedded.close();
  await adobe.close();
});

/** The first token ends soon, those after it do not. */
function headersInTurn(): () => Promise<Record<string, string>> {
  let count = 0;
  return () => {
    const life = count++ === 0 ? 1_500 : 600_000;
    const claims = { exp: (Date.now() + life) / 1000, user_id: 'ada' };
    return Promise.resolve({
      authorization: `Bearer x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`,
      'x-api-key': 'key',
      'x-gw-ims-org-id': 'ADA@AdobeOrg',
      'x-sandbox-name': 'prod',
    });
  };
}

/** Runs the code of a block with these names known to it. */
function run(block: string, names: Readonly<Record<string, unknown>>): void {
  const code = transpileModule(block, { compilerOptions: { target: 9 } }).outputText;
  const begin = compileFunction(code, Object.keys(names)) as (...values: unknown[]) => void;
  begin(...Object.values(names));
}

describe('docs/subscriptions.md', () => {
  it('shows what curl hears', async () => {
    jobs.statuses.set('my-job', 'SUCCEEDED');
    const command = blockOf('curl -sN').replaceAll('http://localhost:4000', embedded.gateway.url);
    const { stdout } = await promisify(execFile)('sh', ['-c', command]);
    const heard = stdout.replaceAll(/"cursor":"[^"]+"/g, '"cursor":"…"');
    expect(heard.trim()).toBe(blockOf('event: next').trim());
  });

  it('shows a graphql-ws client that renews its token', async () => {
    const shown: string[] = [];
    const before = adobe.upstream.calls.length;
    await new Promise<void>((resolve, reject) => {
      const show = (type: string): void => void shown.push(type);
      const url = `${adobe.gateway.url.replace('http', 'ws')}/graphql`;
      const names = { createClient, url, WebSocket, headers: headersInTurn(), query, jobId: 'my-job' };
      run(blockOf("AUTH_EXPIRING') socket"), { ...names, show, fail: reject, done: resolve });
      void untilTwoTokens(before).then(() => jobs.statuses.set('my-job', 'SUCCEEDED'));
    });
    expect(shown).toEqual(['SNAPSHOT', 'TERMINAL']);
  });

  it.each([
    [
      'Apollo Client',
      'react-apollo',
      () => ({ ApolloClient, InMemoryCache, GraphQLWsLink, query: gql(query) }),
    ],
    ['urql', 'react-urql', () => ({ Client, subscriptionExchange, query })],
  ])('has %s beside it, which renews its token over plain graphql-ws', async (_client, name, names) => {
    const before = adobe.upstream.calls.length;
    const block = blocksOf(`docs/clients/${name}.md`).find(({ text }) => text.includes("type: 'ping'"));
    const shown: string[] = [];
    await new Promise<void>((resolve) => {
      run(block?.text ?? '', {
        ...names(),
        createClient: (options: ClientOptions) => createClient({ ...options, webSocketImpl: WebSocket }),
        url: `${adobe.gateway.url.replace('http', 'ws')}/graphql`,
        headers: headersInTurn(),
        variables: { id: 'my-job' },
        show: ({ segmentJobChanged: { type } }: { segmentJobChanged: { type: string } }) => {
          shown.push(type);
          if (type === 'TERMINAL') resolve();
        },
      });
      void untilTwoTokens(before).then(() => jobs.statuses.set('my-job', 'SUCCEEDED'));
    });
    expect(shown).toEqual(['SNAPSHOT', 'AUTH_EXPIRING', 'TERMINAL']);
  });

  it('shows Apollo Client without a socket', async () => {
    jobs.statuses.set('my-job', 'SUCCEEDED');
    const shown: unknown[] = [];
    await new Promise<void>((resolve) => {
      run(blockOf('new HttpLink'), {
        ...{ ApolloClient, InMemoryCache, HttpLink, query: gql(query), variables: { id: 'my-job' } },
        url: `${embedded.gateway.url}/graphql`,
        show: (data: unknown) => {
          if (shown.push(data) === 2) resolve();
        },
      });
    });
    expect(shown).toMatchObject([
      { segmentJobChanged: { type: 'SNAPSHOT' } },
      { segmentJobChanged: { type: 'TERMINAL' } },
    ]);
  });

  it('says the limits that are in force', () => {
    const { maxWaitingBytes, slowMs, stalledMs, messageBurst, messagesPerSecond, pingMs, heartbeatMs } =
      defaultPace;
    expect(maxWaitingBytes).toBe(1024 * 1024);
    for (const words of [
      `1 MiB for ${String(slowMs / 1_000)} s`,
      `${String(stalledMs / 1_000)} s (HTTP)`,
      `${messageBurst.toLocaleString('en')} at once, ${String(messagesPerSecond)} a second`,
      `socket each ${String(pingMs / 1_000)} s`,
      `comment each ${String(heartbeatMs / 1_000)} s`,
    ])
      expect(page).toContain(words);
  });
});

it('the client package renews its token on the live socket by itself', async () => {
  const before = adobe.upstream.calls.length;
  const client = createAudienceClient({
    url: adobe.gateway.url,
    webSocketImpl: WebSocket,
    headers: headersInTurn(),
  });
  const types: string[] = [];
  void untilTwoTokens(before).then(() => jobs.statuses.set('my-job', 'SUCCEEDED'));
  for await (const { type } of client.watchJob({ kind: 'SEGMENT', id: 'my-job' })) types.push(type);
  expect(types).toEqual(['SNAPSHOT', 'AUTH_EXPIRING', 'TERMINAL']);
  await client.close();
});

async function untilTwoTokens(from: number): Promise<void> {
  const tokens = (): number =>
    new Set(adobe.upstream.calls.slice(from).map(({ headers }) => headers.authorization)).size;
  while (tokens() < 2) await new Promise((resolve) => setImmediate(resolve));
}
