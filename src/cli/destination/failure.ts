import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { assertNever } from '../../lib/assert';

/** How a trial destination can fail: a status of its own choice, or in the ways in which the net fails. */
export const failureModes = [
  '400',
  '401',
  '403',
  '404',
  '409',
  '429',
  '500',
  '503',
  'hang',
  'reset',
  'redirect',
  'huge',
  'garbage',
] as const;
export type FailureMode = (typeof failureModes)[number];

export interface Failure {
  readonly mode: FailureMode;
  /** How many requests fail so; then all is well again. */
  readonly times: number;
}

const hugeBytes = 32 * 1024 * 1024;
const chunk = Buffer.alloc(64 * 1024, 'x');

export function isFailureMode(text: unknown): text is FailureMode {
  return (failureModes as readonly unknown[]).includes(text);
}

/**
 * Fails one request. `hang` never answers, `reset` breaks the connection in the middle of an answer, `redirect` points
 * to the cloud's metadata address, `huge` answers 32 MiB, `garbage` says JSON and sends none.
 */
export async function fail(mode: FailureMode, response: ServerResponse): Promise<void> {
  switch (mode) {
    case 'hang':
      return;
    case 'reset':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"id":');
      setImmediate(() => response.destroy());
      return;
    case 'redirect':
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
      return;
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      // A client that has had enough hangs up, which is what this is for.
      await pipeline(Readable.from(hugeBody()), response).catch(() => undefined);
      return;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": <html>');
      return;
    case '400':
    case '401':
    case '403':
    case '404':
    case '409':
    case '429':
    case '500':
    case '503':
      response
        .writeHead(Number(mode), {
          'content-type': 'application/json',
          ...(mode === '429' || mode === '503' ? { 'retry-after': '1' } : {}),
        })
        .end(JSON.stringify({ error: { code: 'TRIAL', message: `A failure on purpose: ${mode}.` } }));
      return;
    default:
      assertNever(mode);
  }
}

function* hugeBody(): Generator<Buffer> {
  yield Buffer.from('"');
  for (let sent = 0; sent < hugeBytes; sent += chunk.length) yield chunk;
  yield Buffer.from('"');
}
