import { get } from 'node:http';
import type { ServerResponse } from 'node:http';
import { createDownloadLinks } from '../../../src/datasources/download-links';
import { ada } from '../../support/fake-upstream';
import { startGateway } from '../../support/started-gateway';

const megabyte = 1024 * 1024;
/** `node test/long/large-file.mjs` asks for 2 GB. */
const sizeBytes = Number(process.env['LARGE_FILE_MB'] ?? 300) * megabyte;
/** What may be under way between the upstream and a client who reads slowly: the buffers of two sockets and two streams. */
const mostUnderWayBytes = 48 * megabyte;
const secret = 'a secret of at least thirty-two characters';
const chunk = Buffer.alloc(256 * 1024, 'parquet ');

let poured = 0;

/** Generates the file as fast as it is read. */
function pour(response: ServerResponse): void {
  let left = sizeBytes;
  const write = (): void => {
    while (left > 0) {
      const part = left < chunk.length ? chunk.subarray(0, left) : chunk;
      left -= part.length;
      poured += part.length;
      if (!response.write(part)) return;
    }
    response.end();
  };
  response.writeHead(200, { 'content-length': sizeBytes, 'content-type': 'application/parquet' });
  response.on('drain', write);
  write();
}

it('passes a large file on as fast as it is read, and keeps none of it', async () => {
  const started = await startGateway(() => ({ raw: pour }), { secret });
  const links = createDownloadLinks({ publicUrl: started.gateway.url, secret, clock: () => new Date() });
  const url = await links.create(ada, {
    fileId: 'f-1',
    name: 'large.parquet',
    sizeBytes: BigInt(sizeBytes),
  });
  let mostUnderWay = 0;
  const received = await new Promise<number>((resolve, reject) => {
    let bytes = 0;
    get(url, (response) => {
      response.on('data', (data: Buffer) => {
        bytes += data.length;
        mostUnderWay = Math.max(mostUnderWay, poured - bytes);
        // Slower than the upstream, which would run ahead of a gateway that keeps what it is given.
        response.pause();
        setImmediate(() => response.resume());
      });
      response.on('end', () => resolve(bytes)).on('error', reject);
    }).on('error', reject);
  });
  await started.close();
  expect(received).toBe(sizeBytes);
  expect(mostUnderWay).toBeLessThan(mostUnderWayBytes);
}, 600_000);
