import { connect } from 'node:net';
import { PortInUse } from '../../../../src/errors/port-in-use';
import type { FailureMode } from '../../../../src/cli/destination/failure';
import type { Destination, DestinationOptions } from '../../../../src/cli/destination/start-destination';
import { startDestination } from '../../../../src/cli/destination/start-destination';

const running: Destination[] = [];
const lines: string[] = [];

async function start(options: Partial<DestinationOptions> = {}): Promise<Destination> {
  const destination = await startDestination({ port: 0, log: (line) => lines.push(line), ...options });
  running.push(destination);
  return destination;
}
interface Asked {
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}
function ask(
  { url }: Destination,
  request: string,
  { json, form, headers, signal }: Asked = {},
): Promise<Response> {
  const [method = 'GET', path = '/'] = request.split(' ');
  return fetch(url + path, {
    method,
    redirect: 'manual',
    headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

afterEach(async () => {
  lines.length = 0;
  await Promise.all(running.splice(0).map((destination) => destination.close()));
});

describe('an audience', () => {
  test('is made, read, changed and deleted', async () => {
    const destination = await start();
    const made = await ask(destination, 'POST /audiences', { json: { name: 'A', kind: 'x' } });
    expect([made.status, made.headers.get('x-audience-id'), await made.json()]).toEqual([
      201,
      'aud-1',
      { id: 'aud-1', name: 'A', kind: 'x' },
    ]);
    const changed = await ask(destination, 'PATCH /audiences/aud-1', { json: { name: 'B' } });
    expect(await changed.json()).toEqual({ id: 'aud-1', name: 'B', kind: 'x' });
    const replaced = await ask(destination, 'PUT /audiences/aud-1', { json: { name: 'C' } });
    expect(await replaced.json()).toEqual({ id: 'aud-1', name: 'C' });
    expect((await ask(destination, 'DELETE /audiences/aud-1')).status).toBe(200);
    expect((await ask(destination, 'GET /audiences/aud-1')).status).toBe(404);
    expect(destination.audiences()).toEqual([]);
  });

  test('can come as a form', async () => {
    const destination = await start();
    await ask(destination, 'POST /audiences', { form: { name: 'Über & Co' } });
    expect(destination.audiences()).toEqual([{ id: 'aud-1', name: 'Über & Co' }]);
  });

  test('never has the id of one before it', async () => {
    const destination = await start();
    await ask(destination, 'POST /audiences', { json: { name: 'A' } });
    await ask(destination, 'DELETE /audiences/aud-1');
    await ask(destination, 'POST /audiences', { json: { name: 'A' } });
    expect(destination.audiences().map(({ id }) => id)).toEqual(['aud-2']);
  });

  test.each<[string, string, Asked, number]>([
    ['without a name', 'POST /audiences', { json: {} }, 400],
    ['that is a list', 'POST /audiences', { json: [] }, 400],
    ['that is too large', 'POST /audiences', { json: { name: 'x'.repeat(300_000) } }, 413],
    [
      'of another type',
      'POST /audiences',
      { json: { name: 'A' }, headers: { 'content-type': 'text/csv' } },
      415,
    ],
    ['where all would be deleted', 'DELETE /audiences', {}, 405],
    ['that is not there', 'DELETE /audiences/aud-9', {}, 404],
    ['at the root', 'GET /', {}, 404],
    ['at a path that is none', 'GET /%', {}, 400],
  ])('%s is refused', async (_which, request, asked, status) => {
    const answer = await ask(await start(), request, asked);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { message: expect.stringMatching(/./) as string } });
  });

  test('is one of a thousand at most', async () => {
    const destination = await start();
    for (let made = 0; made < 1000; made += 1)
      await ask(destination, 'POST /audiences', { json: { name: 'A' } });
    expect((await ask(destination, 'POST /audiences', { json: { name: 'A' } })).status).toBe(429);
  });
});

describe('a token', () => {
  test.each<[string, Asked]>([
    ['GET /account', { headers: { authorization: 'Bearer t0ken' } }],
    ['GET /account?access_token=t0ken', {}],
    ['POST /account', { form: { access_token: 't0ken' } }],
  ])('is taken in %s', async (request: string, asked: Asked) => {
    expect((await ask(await start({ token: 't0ken' }), request, asked)).status).toBe(200);
  });

  test('is asked for, and neither logged nor kept', async () => {
    const destination = await start({ token: 't0ken' });
    expect((await ask(destination, 'GET /account')).status).toBe(401);
    expect((await ask(destination, 'GET /account?access_token=wr0ng')).status).toBe(401);
    await ask(destination, 'POST /audiences', { form: { access_token: 't0ken', name: 'A' } });
    expect(JSON.stringify([lines, destination.requests(), destination.audiences()])).not.toMatch(
      /t0ken|wr0ng/,
    );
    expect(lines.at(-1)).toBe('POST /audiences 201');
  });
});

describe('a failure', () => {
  test.each<[FailureMode, number]>([
    ['400', 400],
    ['429', 429],
    ['503', 503],
    ['redirect', 302],
    ['garbage', 200],
  ])('%s is answered as often as it was asked for, and changes nothing', async (mode, status) => {
    const destination = await start({ failure: { mode, times: 2 } });
    const statuses = [];
    for (let round = 0; round < 3; round += 1)
      statuses.push((await ask(destination, 'POST /audiences', { json: { name: 'A' } })).status);
    expect(statuses).toEqual([status, status, 201]);
    expect(destination.audiences()).toHaveLength(1);
    expect(destination.requests()).toHaveLength(3);
  });

  test('reset breaks the answer off', async () => {
    const destination = await start({ failure: { mode: 'reset', times: 1 } });
    await expect(ask(destination, 'GET /account').then((answer) => answer.text())).rejects.toThrow();
  });

  test('huge goes on for 32 MiB', async () => {
    const destination = await start({ failure: { mode: 'huge', times: 1 } });
    const answer = await ask(destination, 'GET /account');
    expect((await answer.arrayBuffer()).byteLength).toBe(32 * 1024 * 1024 + 2);
  });

  test('hang never answers, and does not keep the destination from closing', async () => {
    const destination = await start();
    destination.failNext({ mode: 'hang', times: 1 });
    const answer = ask(destination, 'GET /account');
    while (destination.requests().length === 0) await new Promise(setImmediate);
    await Promise.all([expect(answer).rejects.toThrow(), destination.close()]);
    running.length = 0;
  });

  test('can be asked for by a request, and taken back', async () => {
    const destination = await start();
    await ask(destination, 'POST /_destination/failure', { json: { mode: '500', times: 5 } });
    expect((await ask(destination, 'GET /account')).status).toBe(500);
    await ask(destination, 'POST /_destination/failure', { json: { mode: null } });
    expect((await ask(destination, 'GET /account')).status).toBe(200);
    const seen = await ask(destination, 'GET /_destination/requests');
    expect(await seen.json()).toMatchObject({ requests: [{ path: '/account' }, { path: '/account' }] });
    expect((await ask(destination, 'POST /_destination/failure', { json: { mode: 'x' } })).status).toBe(400);
  });
});

test('a port that is in use is said to be', async () => {
  const destination = await start();
  await expect(
    startDestination({ port: Number(new URL(destination.url).port), log: () => undefined }),
  ).rejects.toThrow(PortInUse);
});

test('it listens on the loopback address alone', async () => {
  const { url } = await start();
  const socket = connect({ host: '127.0.0.2', port: Number(new URL(url).port) });
  await expect(
    new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject)),
  ).rejects.toThrow('ECONNREFUSED');
});
