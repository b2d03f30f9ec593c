import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import type { ServerResponse } from 'node:http';
import { createCaller } from '../../../src/datasources/caller';
import { createDownloadLinks } from '../../../src/datasources/download-links';
import type { SeenCall } from '../../support/fake-upstream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const content = randomBytes(1000);
const file = { fileId: 'batch-1', name: 'part 0 (1).parquet', sizeBytes: 1000n };
const caller = createCaller({
  authorization: 'Bearer t',
  apiKey: 'k',
  orgId: 'ADA@AdobeOrg',
  sandbox: 'prod',
});
const secret = 'a secret of at least thirty-two characters';

let started: StartedGateway;
let url: string;
let endless: { readonly closed: Promise<void> } | null = null;

beforeAll(async () => {
  started = await startGateway(answer, { secret });
  const links = createDownloadLinks({ publicUrl: started.gateway.url, secret, clock: () => new Date() });
  url = await links.create(caller, file);
});
afterAll(() => started.close());

function answer({ path, headers, query }: SeenCall): { raw: (response: ServerResponse) => void } | undefined {
  if (!path.startsWith('/data/foundation/export/files/') || query.get('path') === null) return undefined;
  return {
    raw: (response) => {
      if (path.endsWith('endless')) pourForEver(response);
      else if (headers.range === 'bytes=5000-') {
        response.writeHead(416, { 'content-range': 'bytes */1000' }).end('{"title":"no"}');
      } else if (headers.range === 'bytes=0-1, 5-6') {
        response
          .writeHead(206, { 'content-type': 'multipart/byteranges; boundary=x' })
          .end('--x\r\n\r\nab\r\n--x\r\n\r\ncd\r\n--x--');
      } else if (headers.range === 'bytes=0-3') {
        response
          .writeHead(206, { 'content-length': 4, 'content-range': 'bytes 0-3/1000', etag: '"v1"' })
          .end(content.subarray(0, 4));
      } else {
        response.writeHead(200, {
          'content-length': 1000,
          'content-type': 'application/parquet',
          'set-cookie': 'a=b',
        });
        response.end(content);
      }
    },
  };
}

/** Writes as fast as it is read, until the reader leaves. */
function pourForEver(response: ServerResponse): void {
  const closed = new Promise<void>((resolve) => response.once('close', () => resolve()));
  endless = { closed };
  response.writeHead(200, { 'content-type': 'application/parquet' });
  const pour = (): void => {
    while (response.writable && response.write(content));
  };
  response.on('drain', pour);
  pour();
}

describe('a download link', () => {
  it('gives the whole file, under its own name, with nothing else of the upstream’s', async () => {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
    expect(response.headers.get('content-type')).toBe('application/parquet');
    expect(response.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''part%200%20%281%29.parquet",
    );
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  it('asks the upstream as who made the link, whoever follows it', async () => {
    await fetch(url, { headers: { authorization: 'Bearer of-eve', 'x-sandbox-name': 'other' } }).then((r) =>
      r.arrayBuffer(),
    );
    expect(started.upstream.calls.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer t',
      'x-sandbox-name': 'prod',
    });
  });

  it('gives a part of the file', async () => {
    const response = await fetch(url, { headers: { range: 'bytes=0-3' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe('bytes 0-3/1000');
    expect(Buffer.from(await response.arrayBuffer()).equals(content.subarray(0, 4))).toBe(true);
  });

  it('tells of a part that lies outside the file, and of how long the file is', async () => {
    const response = await fetch(url, { headers: { range: 'bytes=5000-' } });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */1000');
    expect(await response.text()).toBe('');
  });

  it('passes several parts on as they come', async () => {
    const response = await fetch(url, { headers: { range: 'bytes=0-1, 5-6' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-type')).toBe('multipart/byteranges; boundary=x');
    expect(await response.text()).toContain('ab');
  });

  it.each(['bytes=x', 'lines=0-3', 'bytes=3', 'bytes=-', `bytes=${'0-1,'.repeat(40)}0-1`])(
    'gives the whole file where the range is none: %s',
    async (range) => {
      const response = await fetch(url, { headers: { range } });
      expect(response.status).toBe(200);
      expect((await response.arrayBuffer()).byteLength).toBe(1000);
      expect(started.upstream.calls.at(-1)?.headers.range).toBeUndefined();
    },
  );

  it('goes on where the file is the same as before, and begins anew where it is not known to be', async () => {
    const askFor = (ifRange: string): Promise<Response> =>
      fetch(url, { headers: { range: 'bytes=0-3', 'if-range': ifRange } });
    const same = await askFor('"v1"');
    expect([same.status, (await same.arrayBuffer()).byteLength]).toEqual([206, 4]);
    for (const other of ['"v0"', 'Mon, 01 Jan 2024 00:00:00 GMT']) {
      const changed = await askFor(other);
      expect([changed.status, (await changed.arrayBuffer()).byteLength]).toEqual([200, 1000]);
    }
  });

  it('sends nothing to who has the file already', async () => {
    const response = await fetch(url, { headers: { range: 'bytes=0-3', 'if-none-match': 'W/"v0", "v1"' } });
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([304, '"v1"', '']);
  });

  it('sends nothing to who goes on with another file', async () => {
    const response = await fetch(url, { headers: { range: 'bytes=0-3', 'if-match': '"v0"' } });
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([412, '"v1"', '']);
  });

  it('can be followed by the pages that the operator names, with what a reader of ranges needs', async () => {
    const origin = 'https://studio.apollographql.com';
    const headers = { origin, range: 'bytes=0-3' };
    const response = await fetch(url, { headers });
    await response.arrayBuffer();
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    const exposed = response.headers.get('access-control-expose-headers')?.split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining(['content-range', 'accept-ranges', 'etag', 'content-length']),
    );
    const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin } });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'GET, HEAD',
    ]);
    const foreign = await fetch(url, { headers: { origin: 'https://evil.example' } });
    await foreign.arrayBuffer();
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers HEAD with the length alone', async () => {
    const response = await fetch(url, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('1000');
    expect(await response.text()).toBe('');
  });

  it('that is forged, cut, of another secret or for another name leads nowhere', async () => {
    const other = createDownloadLinks({
      publicUrl: started.gateway.url,
      secret: 'another',
      clock: () => new Date(),
    });
    const [, , , , token = ''] = url.split('/');
    const wrong = [
      await other.create(caller, file),
      url.replace(token, token.slice(0, -2)),
      url.replace(/[^/]*$/, 'another.parquet'),
      `${started.gateway.url}/files/x/y`,
    ];
    for (const link of wrong) expect((await fetch(link)).status).toBe(404);
  });

  it('that is past its time is told so', async () => {
    const past = createDownloadLinks({
      publicUrl: started.gateway.url,
      secret,
      clock: () => new Date(Date.now() - 3_600_000),
    });
    const response = await fetch(await past.create(caller, file));
    expect(response.status).toBe(410);
    expect(await response.text()).toContain('Ask for a new downloadUrl');
  });

  it('of a file that is gone answers 404', async () => {
    const links = createDownloadLinks({ publicUrl: started.gateway.url, secret, clock: () => new Date() });
    const gone = await links.create(caller, { ...file, fileId: '../gone' });
    expect((await fetch(gone)).status).toBe(404);
  });

  it('stops reading from the upstream when the client leaves', async () => {
    const links = createDownloadLinks({ publicUrl: started.gateway.url, secret, clock: () => new Date() });
    const link = await links.create(caller, { ...file, fileId: 'endless' });
    await new Promise<void>((resolve) => {
      const request = get(link, (response) => {
        response.once('data', () => {
          request.destroy();
          resolve();
        });
      });
      request.on('error', () => undefined);
    });
    await endless?.closed;
    expect(endless).not.toBeNull();
  });

  it('is never written to the log', () => {
    expect(started.logLines.join('')).not.toMatch(/eyJ|Bearer/);
  });
});
