import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DuckDBInstance } from '@duckdb/node-api';
import { BadUserInput } from '../../../src/errors/bad-user-input';
import { UpstreamInvalidResponse, UpstreamNotFound } from '../../../src/errors/upstream-error';
import type { SourceFile } from '../../../src/datasources';
import { startSources } from '../../support/fake-upstream';
import type { Reply, SeenCall, SourcesUnderTest } from '../../support/fake-upstream';

let under: SourcesUnderTest | undefined;
let directory: string;
let parquet: Buffer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rows-'));
  const path = join(directory, 'profiles.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`
    COPY (
      SELECT i AS id, 'name ' || i AS name, (i + 9007199254740993)::BIGINT AS big,
        TIMESTAMP '2024-01-02 03:04:05.678' AS seen, DATE '2024-02-29' AS day, i % 2 = 0 AS even,
        {'city': 'Paris ' || i, 'codes': [i, i + 1]} AS address, MAP {'ups': i} AS counts,
        CASE WHEN i = 1 THEN NULL ELSE i / 2.0 END AS half, repeat(md5(i::VARCHAR), 20) AS ballast
      FROM range(0, 20000) AS numbers(i)
    ) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  connection.closeSync();
  instance.closeSync();
  parquet = await readFile(path);
});

afterAll(() => rm(directory, { recursive: true }));
afterEach(() => under?.close());

const file = (): SourceFile => ({
  fileId: 'b1-1',
  name: 'profiles.parquet',
  sizeBytes: BigInt(parquet.length),
});

/** Serves `parquet` as Data Access does, with ranges. */
function serveFile({ method, headers }: SeenCall): Reply {
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
  return {
    raw: (response) => {
      response
        .setHeader('accept-ranges', 'bytes')
        .setHeader('content-type', 'application/parquet')
        .setHeader('etag', '"1"');
      response.setHeader('x-internal', 'stays here');
      if (range === null) {
        response.setHeader('content-length', parquet.length);
        response.end(method === 'HEAD' ? undefined : parquet);
        return;
      }
      const [from, to] = [Number(range[1]), Number(range[2])];
      if (from >= parquet.length) {
        response
          .writeHead(416, { 'content-range': `bytes */${String(parquet.length)}` })
          .end('{"title":"no"}');
        return;
      }
      response.writeHead(206, {
        'content-range': `bytes ${String(from)}-${String(to)}/${String(parquet.length)}`,
      });
      response.end(parquet.subarray(from, to + 1));
    },
  };
}

describe('rows of a Parquet file', () => {
  it('come as plain JSON', async () => {
    under = await startSources(serveFile);
    const rows = await under.sources.dataAccess.rows(file(), { first: 2 });
    const { ballast, ...row } = rows[1] ?? {};
    expect(row).toEqual({
      id: 1,
      name: 'name 1',
      big: '9007199254740994',
      seen: '2024-01-02T03:04:05.678Z',
      day: '2024-02-29T00:00:00.000Z',
      even: false,
      address: { city: 'Paris 1', codes: [1, 2] },
      counts: { ups: 1 },
      half: null,
    });
    expect(ballast).toHaveLength(640);
    expect(rows).toHaveLength(2);
  });

  it('cost the footer and the first row group, not the file', async () => {
    under = await startSources(serveFile);
    await under.sources.dataAccess.rows(file(), { first: 100 });
    const bytes = under.upstream.calls.reduce((sum, { headers }) => {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
      return sum + Number(to) - Number(from) + 1;
    }, 0);
    expect(under.upstream.calls.every(({ query }) => query.get('path') === 'profiles.parquet')).toBe(true);
    // One read of the end of the file, one of a tenth of it: there are ten row groups.
    expect(under.upstream.calls).toHaveLength(2);
    expect(bytes).toBeLessThan(64 * 1024 + parquet.length / 8);
  });

  it('hold the columns that are asked for, each once and in that order', async () => {
    under = await startSources(serveFile);
    const rows = await under.sources.dataAccess.rows(file(), { first: 1, columns: ['name', 'id', 'name'] });
    expect(JSON.stringify(rows)).toBe('[{"name":"name 0","id":0}]');
  });

  it('hold what dotted paths name, in the shape that it has', async () => {
    under = await startSources(serveFile);
    const rows = await under.sources.dataAccess.rows(file(), {
      first: 1,
      columns: ['address.city', 'counts.ups', 'address.codes', 'counts.none'],
    });
    expect(rows).toEqual([{ address: { city: 'Paris 0', codes: [0, 1] }, counts: { ups: 0, none: null } }]);
  });

  it.each([
    ['nme', 'Did you mean "name"?'],
    ['address.zip', 'It has id, name, big'],
    ['name.first', 'It has id, name, big'],
  ])('are refused where the file has no column %s', async (column, help) => {
    under = await startSources(serveFile);
    const reading = under.sources.dataAccess.rows(file(), { first: 1, columns: ['id', column] });
    await expect(reading).rejects.toBeInstanceOf(BadUserInput);
    await expect(reading).rejects.toThrow(`names "${column}", which the file does not have. ${help}`);
  });

  it('end with the first row group', async () => {
    under = await startSources(serveFile);
    await expect(
      under.sources.dataAccess.rows(file(), { first: 5_000, columns: ['id'] }),
    ).resolves.toHaveLength(2_048);
  });

  it.each<[string, (call: SeenCall) => Reply]>([
    [
      'the file is no Parquet',
      () => ({
        raw: (response) =>
          response.writeHead(206).end(Buffer.alloc(parquet.length < 65_536 ? parquet.length : 65_536)),
      }),
    ],
    ['a range gives fewer bytes', () => ({ raw: (response) => response.writeHead(206).end('PAR1') })],
    ['ranges are not obeyed', () => ({ raw: (response) => response.writeHead(200).end(parquet) })],
  ])('fail with a clear error where %s', async (_name, answer) => {
    under = await startSources(answer);
    await expect(under.sources.dataAccess.rows(file(), { first: 1 })).rejects.toBeInstanceOf(
      UpstreamInvalidResponse,
    );
  });
});

describe('a file as a stream', () => {
  it('passes a range on, and only the headers that a client may see', async () => {
    under = await startSources(serveFile);
    const answer = await under.sources.dataAccess.openFile(file(), { method: 'GET', range: 'bytes=0-3' });
    expect(answer).toMatchObject({ status: 206 });
    expect(answer.headers).toEqual({
      'accept-ranges': 'bytes',
      'content-type': 'application/parquet',
      'content-range': `bytes 0-3/${String(parquet.length)}`,
      etag: '"1"',
    });
    await expect(text(answer.body ?? Readable.from([]))).resolves.toBe('PAR1');
  });

  it('answers HEAD without a body', async () => {
    under = await startSources(serveFile);
    const answer = await under.sources.dataAccess.openFile(file(), { method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, body: null });
    expect(answer.headers).toMatchObject({
      'content-length': String(parquet.length),
      'accept-ranges': 'bytes',
    });
  });

  it('tells of a range outside the file, without the body of the upstream', async () => {
    under = await startSources(serveFile);
    const answer = await under.sources.dataAccess.openFile(file(), {
      method: 'GET',
      range: 'bytes=99999999-99999999',
    });
    expect(answer).toMatchObject({ status: 416, body: null });
    expect(answer.headers['content-range']).toBe(`bytes */${String(parquet.length)}`);
    expect(answer.headers['content-length']).toBeUndefined();
  });

  it('is not found where the upstream has no such file', async () => {
    under = await startSources(() => undefined);
    const opening = under.sources.dataAccess.openFile(file(), { method: 'GET' });
    await expect(opening).rejects.toBeInstanceOf(UpstreamNotFound);
  });

  it('may be dropped half read', async () => {
    under = await startSources(serveFile);
    const { body } = await under.sources.dataAccess.openFile(file(), { method: 'GET' });
    const closed = new Promise((resolve) => body?.once('close', resolve));
    body?.destroy();
    await expect(closed).resolves.toBeUndefined();
  });
});

/** Bodies after Adobe's Data Access API: numbers are texts, a batch's entries are directories of their own. */
function serveBatch(count: number): (call: SeenCall) => Reply | undefined {
  return ({ path, query }) => {
    const start = Number(query.get('start'));
    if (path.endsWith('/batches/b1/files')) {
      const data = Array.from({ length: Math.min(100, count - start) }, (_, index) => ({
        dataSetFileId: `b1-${String(start + index + 1)}`,
        isValid: false,
        created: '1558522305708',
      }));
      const next =
        start + data.length < count ? { _links: { next: { href: 'https://platform.adobe.io:443/x' } } } : {};
      return { json: { data, _page: { limit: 100, count }, ...next } };
    }
    const id = path.split('/').at(-1) ?? '';
    if (!path.includes('/export/files/')) return undefined;
    if (id === 'b1-1')
      return { json: { data: [{ dataSetFileId: 'inner' }], _page: { limit: 100, count: 1 } } };
    return { json: { data: [{ name: `${id}.parquet`, length: '249058' }], _page: { limit: 100, count: 1 } } };
  };
}

describe('files of a batch', () => {
  it('are all found, over several pages and inside a directory', async () => {
    under = await startSources(serveBatch(130));
    const files = await under.sources.dataAccess.files('b1');
    expect(files).toHaveLength(130);
    expect(files[0]).toEqual({ fileId: 'inner', name: 'inner.parquet', sizeBytes: 249_058n });
    expect(files[129]).toEqual({ fileId: 'b1-130', name: 'b1-130.parquet', sizeBytes: 249_058n });
  });

  it('are asked for once', async () => {
    under = await startSources(serveBatch(2));
    await Promise.all([under.sources.dataAccess.files('b1'), under.sources.dataAccess.files('b1')]);
    expect(under.upstream.lines()).toHaveLength(4);
  });

  it('are not found for an unknown batch', async () => {
    under = await startSources(serveBatch(1));
    await expect(under.sources.dataAccess.files('b2')).rejects.toBeInstanceOf(UpstreamNotFound);
  });
});
