import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { followedJobs } from '../../support/followed-jobs';
import { embeddedCaller, startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const list = { segments: [], page: { totalCount: 0 } };
const drain = { delayMs: 0, timeoutMs: 3_000 };

const opened: StartedGateway[] = [];
const agent = new Agent({ keepAlive: true });
afterEach(async () => {
  agent.destroy();
  for (const started of opened.splice(0)) await started.close();
});

/** A gateway whose upstream holds its answers back until it is told to let them go. */
async function startHeldGateway(): Promise<{
  readonly started: StartedGateway;
  readonly asked: Promise<void>;
  readonly release: () => void;
}> {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let reached = (): void => undefined;
  const asked = new Promise<void>((resolve) => (reached = resolve));
  const started = await startGateway(
    () => ({
      raw: (response) => {
        reached();
        void held.then(() =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list)),
        );
      },
    }),
    { drain },
  );
  opened.push(started);
  return { started, asked, release };
}

function ask({ gateway }: StartedGateway, query: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-sandbox-name': embeddedCaller.sandbox };
    const sent = request(`${gateway.url}/graphql`, { method: 'POST', agent, headers }, resolve);
    sent.on('error', reject).end(JSON.stringify({ query }));
  });
}

/** Well below the time to drain, well above what closing takes. */
function withinASecond(closing: Promise<void>): Promise<'closed' | 'still open'> {
  return within(1_000, closing);
}

function within(ms: number, closing: Promise<void>): Promise<'closed' | 'still open'> {
  const late = new Promise<'still open'>((resolve) => setTimeout(() => resolve('still open'), ms).unref());
  return Promise.race([closing.then(() => 'closed' as const), late]);
}

const heavyQuery =
  '{ segmentJob(id: "heavy") { ... on SegmentJob { a: segmentIds b: segmentIds c: segmentIds } } }';
const heavySubscription =
  'subscription { segmentJobChanged(id: "heavy") { job { ... on SegmentJob { a: segmentIds b: segmentIds c: segmentIds } } } }';

/** A gateway one of whose jobs is more than what the system holds on the way to a client that does not read. */
async function startHeavyGateway(): Promise<{ readonly started: StartedGateway }> {
  const jobs = followedJobs({ heavy: 'PROCESSING' });
  jobs.weight = 9_000;
  const started = await startGateway(jobs.answer, { drain });
  opened.push(started);
  return { started };
}

function postOf(body: string, accept: string): string {
  return (
    `POST /graphql HTTP/1.1\nHost: 127.0.0.1\nAccept: ${accept}\n` +
    `Content-Type: application/json\nContent-Length: ${String(body.length)}\n\n${body}`
  );
}

/** A client that says this and no more, and keeps its side open; the gateway has read it. */
async function say({ gateway }: StartedGateway, text: string): Promise<Socket> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on('error', () => undefined).resume();
  await once(socket, 'connect');
  socket.write(text.replaceAll('\n', '\r\n'));
  // What came before this has been read once this is answered.
  await fetch(`${gateway.url}/healthz`);
  return socket;
}

describe('a gateway that closes', () => {
  it('ends as soon as the last request does, though its connection was to be kept alive', async () => {
    const { started, asked, release } = await startHeldGateway();
    const running = ask(started, '{ segments(first: 1) { nodes { id } } }');
    await asked;
    const closing = started.gateway.close();
    release();
    const answer = await running;
    answer.resume();
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
    expect(await withinASecond(closing)).toBe('closed');
    expect(started.logLines.filter((line) => line.includes('"level":40'))).toEqual([]);
  });

  it('waits for no connection that is idle, nor for one that has never asked for anything', async () => {
    const { started, release } = await startHeldGateway();
    release();
    const answer = await ask(started, '{ session { sandbox } }');
    answer.resume();
    await once(answer, 'end');
    const silent = connect(Number(new URL(started.gateway.url).port), '127.0.0.1');
    await once(silent, 'connect');
    // The gateway has taken the silent connection once it has answered one that came later.
    await fetch(`${started.gateway.url}/healthz`);
    expect(await withinASecond(started.gateway.close())).toBe('closed');
    silent.destroy();
  });

  it.each([
    ['headers', 'POST /graphql HTTP/1.1\nHost: 127.0.0.1\nContent-'],
    [
      'a body',
      'POST /graphql HTTP/1.1\nHost: 127.0.0.1\nContent-Type: application/json\nContent-Length: 99\n\n{',
    ],
  ])('waits little more than a second for the rest of %s', async (_, text) => {
    const { started } = await startHeldGateway();
    const slow = await say(started, text);
    expect(await within(2_000, started.gateway.close())).toBe('closed');
    slow.destroy();
  });

  it('serves to its end what had wholly come, while it waits for the rest of nothing else', async () => {
    const { started, asked, release } = await startHeldGateway();
    const running = ask(started, '{ segments(first: 1) { nodes { id } } }');
    await asked;
    const slow = await say(started, 'POST /graphql HTTP/1.1\n');
    const closing = started.gateway.close();
    await once(slow, 'end');
    release();
    const answer = await running;
    answer.resume();
    expect(answer.statusCode).toBe(200);
    expect(await withinASecond(closing)).toBe('closed');
    slow.destroy();
  });

  it('lets an answer be read to its end, though it had all been given before', async () => {
    const { started } = await startHeavyGateway();
    const body = JSON.stringify({ query: heavyQuery });
    const reader = await say(started, postOf(body, 'application/json'));
    const [first] = (await once(reader, 'data')) as [Buffer];
    reader.pause();
    const closing = started.gateway.close();
    const late = await within(300, closing);
    const rest: Buffer[] = [first];
    reader.on('data', (chunk: Buffer) => void rest.push(chunk)).resume();
    await once(reader, 'end');
    const text = Buffer.concat(rest).toString();
    expect([late, text.slice(0, 15), text.includes('"c":["0sss')]).toEqual([
      'still open',
      'HTTP/1.1 200 OK',
      true,
    ]);
    expect(await withinASecond(closing)).toBe('closed');
    reader.destroy();
  });

  it('waits little more than a second for a client that does not read its stream', async () => {
    const { started } = await startHeavyGateway();
    const body = JSON.stringify({ query: heavySubscription });
    const deaf = await say(started, postOf(body, 'text/event-stream'));
    // Its first event is more than what the system holds on the way.
    for (let text = ''; !text.includes('event: next');) text += String((await once(deaf, 'data'))[0]);
    deaf.pause();
    expect(await within(2_000, started.gateway.close())).toBe('closed');
    deaf.destroy();
  });

  it('does not wait for a client that was refused a WebSocket and keeps its side open', async () => {
    const { started } = await startHeldGateway();
    const refused = await say(
      started,
      'GET /elsewhere HTTP/1.1\nHost: 127.0.0.1\nConnection: Upgrade\nUpgrade: websocket\n\n',
    );
    expect(await withinASecond(started.gateway.close())).toBe('closed');
    refused.destroy();
  });
});
