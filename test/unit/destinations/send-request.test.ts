import { gzipSync } from 'node:zlib';
import { createSender } from '../../../src/destinations/send-request';
import type { Sending, SenderOptions } from '../../../src/destinations/send-request';
import { parseAllowedHosts } from '../../../src/lib/allowed-host';
import type { OutgoingRequest } from '../../../src/templates/render';
import type { Answer, RecordingDestination } from '../../support/recording-destination';
import {
  answerJson,
  destinationCertificate,
  startRecordingDestination,
} from '../../support/recording-destination';

let destination: RecordingDestination;
beforeEach(async () => {
  destination = await startRecordingDestination();
});
afterEach(() => destination.close());

function sendTo(
  request: Partial<OutgoingRequest> = {},
  options: Partial<Omit<SenderOptions, 'allowedHosts'>> & { readonly allowed?: string } = {},
): Promise<Sending> {
  const { allowed = destination.host, ...rest } = options;
  const send = createSender({ allowedHosts: parseAllowedHosts(allowed) ?? [], ...rest });
  return send({
    method: 'POST',
    url: `${destination.url}/a`,
    headers: [],
    body: { kind: 'none' },
    ...request,
  });
}
const as = (...addresses: readonly string[]) => {
  let asked = 0;
  const resolve = () => {
    asked += 1;
    return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  };
  return { resolve, asked: () => asked };
};

describe('a request', () => {
  test('goes out once, as it was made, with nothing of anybody else’s', async () => {
    destination.answer = answerJson(201, { id: 9_007_199_254_740_993n.toString() });
    const sent = await sendTo({
      url: `${destination.url}/a%2F1?x=%20`,
      headers: [
        ['Authorization', 'Bearer t'],
        ['Content-Type', 'application/json'],
      ],
      body: { kind: 'json', value: { name: 'Ü"' } },
    });
    expect(sent).toMatchObject({
      kind: 'answered',
      answer: { status: 201, body: { id: '9007199254740993' } },
    });
    expect(destination.requests).toMatchObject([
      { method: 'POST', url: '/a%2F1?x=%20', body: '{"name":"Ü\\""}' },
    ]);
    expect(Object.keys(destination.requests[0]?.headers ?? {}).sort()).toEqual(
      [
        ...['accept', 'accept-encoding', 'authorization', 'connection', 'content-length', 'content-type'],
        ...['host', 'user-agent'],
      ].sort(),
    );
  });

  test('may delete with a body, and send a form', async () => {
    await sendTo({ method: 'DELETE', body: { kind: 'form', fields: { name: 'a&b=c', n: 1 } } });
    expect(destination.requests).toMatchObject([{ method: 'DELETE', body: 'name=a%26b%3Dc&n=1' }]);
  });

  test('goes by no proxy of the environment', async () => {
    const before = { ...process.env };
    try {
      Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' });
      expect(await sendTo()).toMatchObject({ kind: 'answered', answer: { status: 204, body: null } });
    } finally {
      process.env = before;
    }
  });

  test('brings no cookie that an earlier answer set', async () => {
    destination.answer = answerJson(200, {}, { 'set-cookie': 'a=b' });
    await sendTo();
    await sendTo();
    expect(destination.requests).toHaveLength(2);
    expect(destination.requests[1]?.headers.cookie).toBeUndefined();
    expect(destination.connections()).toBe(2);
  });

  test.each(['Host', 'Content-Length', 'transfer-encoding', 'Connection', 'a\r\nb'])(
    'with the header %j does not leave',
    async (name) => {
      expect(await sendTo({ headers: [[name, '1']] })).toMatchObject({ kind: 'denied' });
      expect(destination.connections()).toBe(0);
    },
  );

  test('with a line break in a header does not leave', async () => {
    const sent = await sendTo({ headers: [['x', 'a\r\nContent-Length: 0\r\n\r\nGET /evil HTTP/1.1']] });
    expect(sent).toMatchObject({ kind: 'failed', mayBeDone: false });
    expect(destination.requests).toEqual([]);
  });

  test.each(['TRACE', 'CONNECT', 'get', 'POST / HTTP/1.1\r\n'])(
    'by the method %j does not leave',
    async (method) => {
      expect(await sendTo({ method })).toMatchObject({ kind: 'denied' });
      expect(destination.connections()).toBe(0);
    },
  );
});

describe('a name', () => {
  const url = 'https://ads.example/a';

  test.each([
    ['the loopback', ['127.0.0.1']],
    ['the loopback of IPv6', ['::1']],
    ['the mapped loopback', ['::ffff:127.0.0.1']],
    ['an address behind NAT64', ['64:ff9b::7f00:1']],
    ['the metadata of the cloud', ['169.254.169.254']],
    ['a public and a private address', ['8.8.8.8', '10.0.0.1']],
  ])('that stands for %s is not called', async (_what, addresses) => {
    const sent = await sendTo({ url }, { allowed: 'ads.example', resolve: as(...addresses).resolve });
    expect(sent).toMatchObject({
      kind: 'denied',
      hint: expect.stringContaining('ads.example:443') as string,
    });
    expect(destination.connections()).toBe(0);
  });

  test('is asked for once, by the connection itself, so that it cannot change its meaning in between', async () => {
    const name = as('127.0.0.1');
    const options = { allowed: `ads.example:${destination.port}`, resolve: name.resolve };
    await sendTo({ url: `http://ads.example:${destination.port}/` }, options);
    expect(destination.requests).toMatchObject([{ headers: { host: `ads.example:${destination.port}` } }]);
    expect(name.asked()).toBe(1);
  });

  test('without an address leaves no doubt that nothing was done', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    expect(await sendTo({ url }, { allowed: 'ads.example', resolve })).toMatchObject({
      kind: 'failed',
      failure: 'unreachable',
      mayBeDone: false,
    });
  });
});

describe('over TLS', () => {
  let secure: RecordingDestination;
  beforeEach(async () => {
    secure = await startRecordingDestination({ tls: true });
  });
  afterEach(() => secure.close());
  const options = () => ({ allowed: `destination.test:${secure.port}`, resolve: as('127.0.0.1').resolve });

  test('a destination with a good certificate is sent the request', async () => {
    const url = `https://destination.test:${secure.port}/x`;
    expect(await sendTo({ url }, { ...options(), ca: destinationCertificate })).toMatchObject({
      kind: 'answered',
    });
  });

  test.each([
    ['unknown', 'destination.test', undefined],
    ['another name’s', 'other.test', destinationCertificate],
  ])('one whose certificate is %s is sent nothing', async (_what, name, ca) => {
    const sent = await sendTo(
      { url: `https://${name}:${secure.port}/x` },
      { ...options(), allowed: `${name}:${secure.port}`, ...(ca === undefined ? {} : { ca }) },
    );
    expect(sent).toMatchObject({ kind: 'failed', failure: 'unreachable', mayBeDone: false });
    expect(secure.requests).toEqual([]);
  });
});

describe('an answer', () => {
  const huge: Answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    const more = (): void => {
      while (response.write('x'.repeat(65_536)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
  const encoded =
    (bytes: Buffer, encoding: string): Answer =>
    (_request, response) =>
      void response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
  const reset: Answer = (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"id":', () => response.destroy());
  };
  const drip: Answer = (_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
  const limits = { wholeMs: 250, mostBytes: 200_000 };

  test.each<[string, Answer, string]>([
    ['that does not come is not waited for', () => undefined, 'timeout'],
    ['that drips is not waited for', drip, 'timeout'],
    ['that is too large is not read', huge, 'bad-answer'],
    [
      'that unpacks to too much is not read',
      encoded(gzipSync(Buffer.alloc(1_000_000)), 'gzip'),
      'bad-answer',
    ],
    ['in an unknown encoding is not read', encoded(Buffer.from('x'), 'gzip, gzip'), 'bad-answer'],
    [
      'that says JSON and is none is not read',
      (_r, s) => s.writeHead(200, { 'content-type': 'application/json' }).end('{"id": <'),
      'bad-answer',
    ],
    [
      'that is nested without end is not read',
      (_r, s) => s.writeHead(200).end('['.repeat(90_000) + ']'.repeat(90_000)),
      'bad-answer',
    ],
    ['that breaks off is none', reset, 'unreachable'],
  ])('%s, and what was asked may have been done', async (_what, answer, failure) => {
    destination.answer = answer;
    expect(await sendTo({}, { limits })).toMatchObject({ kind: 'failed', failure, mayBeDone: true });
    expect(destination.requests).toHaveLength(1);
  });

  test('that sends elsewhere is an answer, and not followed', async () => {
    destination.answer = (_request, response) =>
      void response.writeHead(302, { location: `${destination.url}/elsewhere` }).end();
    expect(await sendTo()).toMatchObject({ kind: 'answered', answer: { status: 302 } });
    expect(destination.requests).toHaveLength(1);
  });

  test('that is packed is unpacked', async () => {
    destination.answer = encoded(gzipSync('{"id":7}'), 'gzip');
    expect(await sendTo()).toMatchObject({ answer: { body: { id: 7 } } });
  });

  test('without a destination is none, and nothing was done', async () => {
    await destination.close();
    expect(await sendTo()).toMatchObject({ kind: 'failed', failure: 'unreachable', mayBeDone: false });
    destination = await startRecordingDestination();
  });
});
