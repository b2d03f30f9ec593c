import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const megabyte = 1024 * 1024;
const sound = JSON.stringify({ id: 's1', name: 'One', expression: { type: 'PQL', value: 'true' } });
const json = { 'content-type': 'application/json' };
const html = '<html><body>Sign in at https://proxy.example/?token=eyJhbGciOi.secret</body></html>';

/** What may stand or break between the gateway and Adobe, by the row of the fault matrix. */
const rows: readonly (readonly [
  string,
  (response: ServerResponse) => unknown,
  string | readonly [string, number],
])[] = [
  [
    'F13: a body shorter than its length',
    (response) => {
      response.writeHead(200, { ...json, 'content-length': sound.length + 50 }).write(sound, () => {
        response.destroy();
      });
    },
    'UPSTREAM_INVALID_RESPONSE',
  ],
  [
    'F14: JSON that is cut',
    (response) => response.writeHead(200, json).end(sound.slice(0, -9)),
    'UPSTREAM_INVALID_RESPONSE',
  ],
  ['F15: an empty 200', (response) => response.writeHead(200, json).end(), 'UPSTREAM_INVALID_RESPONSE'],
  [
    'F16: a page of HTML with 200',
    (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html),
    'UPSTREAM_INVALID_RESPONSE',
  ],
  [
    'F17: a page of HTML with 502',
    (response) => response.writeHead(502, { 'content-type': 'text/html' }).end(html),
    ['UPSTREAM_UNAVAILABLE', 502],
  ],
  [
    'F17: a page of HTML with 403',
    (response) => response.writeHead(403, { 'content-type': 'text/html' }).end(html),
    ['FORBIDDEN', 403],
  ],
  [
    'F20: a redirect',
    (response) => response.writeHead(302, { location: 'https://login.example/' }).end(),
    ['UPSTREAM_INVALID_RESPONSE', 302],
  ],
  [
    'F21: an encoding that was not asked for',
    (response) =>
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.from(sound))),
    'UPSTREAM_INVALID_RESPONSE',
  ],
  [
    'F22: 100 KB of headers',
    (response) => response.writeHead(200, { ...json, 'x-large': 'x'.repeat(100_000) }).end(sound),
    'UPSTREAM_INVALID_RESPONSE',
  ],
];

let started: StartedGateway;
let answer: (response: ServerResponse) => unknown = () => undefined;

beforeAll(async () => {
  started = await startGateway(({ path, method }) => {
    if (path.endsWith('/mergePolicies/m1')) return { json: { id: 'm1' } };
    return method === 'DELETE' ? undefined : { raw: (response) => void answer(response) };
  });
});
afterAll(() => started.close());

async function ask(query: string): Promise<{
  data: unknown;
  errors: { path: string[]; extensions: Record<string, unknown> }[];
}> {
  return (await (await started.post({ query })).json()) as Awaited<ReturnType<typeof ask>>;
}

describe('an answer that comes through a middleman', () => {
  it.each(rows)('%s is an error at its field, and nothing of it is shown', async (_name, reply, told) => {
    const [code, status] = typeof told === 'string' ? [told, undefined] : told;
    answer = reply;
    const { data, errors } = await ask('{ a: segment(id: "s1") { id } b: mergePolicy(id: "m1") { id } }');
    expect(data).toEqual({ a: null, b: { id: 'm1' } });
    expect(errors).toMatchObject([{ path: ['a'], extensions: { code } }]);
    if (status !== undefined) expect(errors[0]?.extensions).toMatchObject({ upstream: { status } });
    expect(JSON.stringify(errors)).not.toMatch(/proxy\.example|secret|html/);
  });

  it('F18: is read where it is JSON, whatever its type says', async () => {
    answer = (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(sound);
    await expect(ask('{ segment(id: "s1") { name } }')).resolves.toEqual({
      data: { segment: { name: 'One' } },
    });
  });

  it('F16: has its beginning in the log, without secrets', async () => {
    answer = (response) => response.writeHead(200).end(html);
    started.logLines.length = 0;
    await ask('{ segment(id: "s1") { name } }');
    const told = started.logLines.filter((line) => line.includes('cannot be read')).join('');
    expect(told).toContain('<html>');
    expect(told).not.toMatch(/proxy\.example|eyJ/);
  });

  it('F19: of 256 MB is cut off early, in little memory', async () => {
    const chunk = Buffer.alloc(megabyte, 32);
    let writtenBytes = 0;
    answer = (response) => {
      response.writeHead(200, json);
      const pour = (): void => {
        while (writtenBytes < 256 * megabyte && !response.destroyed) {
          writtenBytes += chunk.length;
          if (!response.write(chunk)) return;
        }
      };
      response.on('drain', pour);
      pour();
    };
    const before = process.memoryUsage.rss();
    const { errors } = await ask('{ segment(id: "s1") { id } }');
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_INVALID_RESPONSE' } }]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(60 * megabyte);
    expect(writtenBytes).toBeLessThan(64 * megabyte);
  });

  it.each([
    ['a page of HTML', (response: ServerResponse) => response.writeHead(200).end(html)],
    ['JSON that is cut', (response: ServerResponse) => response.writeHead(200).end('{"id": "s')],
    ['JSON without what was made', (response: ServerResponse) => response.writeHead(200).end('{"ok": true}')],
  ])('F52: to a write, as %s, leaves it open whether it was done', async (_name, reply) => {
    answer = reply;
    const { errors } = await ask(
      'mutation { createSegment(input: { name: "n", expression: { text: "true" } }) { segment { id } } }',
    );
    expect(errors).toMatchObject([
      { path: ['createSegment'], extensions: { code: 'UPSTREAM_INVALID_RESPONSE', outcome: 'UNKNOWN' } },
    ]);
  });
});
