import type { Dispatcher, Pool } from 'undici';
import { UpstreamError, UpstreamUnauthorized } from '../errors/upstream-error';
import { parseJson } from '../lib/parse-json';
import type { Telemetry } from '../telemetry/telemetry';
import { serviceOfPath } from './endpoints';
import { failedConnection, oneHeader, outOfTime, refused, watchTime } from './http-attempt';
import type { HttpAttempt, Outcome } from './http-attempt';
import { measureCall } from './measured-call';
import { queryText, scopeHeaders } from './rest-call';
import type { FileAnswer, FileCall, FileHeaderName } from './rest-call';
import type { CredentialHeaders, UpstreamCredential } from './upstream-credential';

export interface FileStreamParts {
  readonly pool: Pool;
  readonly basePath: string;
  readonly headersTimeoutMs: number;
  readonly credential: UpstreamCredential;
  readonly telemetry: Telemetry;
}

/**
 * Opens a file of the upstream as a stream; one attempt, and one more with another credential after a 401. The headers must come within `headersTimeoutMs`; the body may
 * take as long as the caller stays, but not stand still for more than the pool's body timeout.
 *
 * @throws UpstreamError for any status but 200, 206 and 416.
 */
export async function streamFile(parts: FileStreamParts, call: FileCall): Promise<FileAnswer> {
  const { credential, headersTimeoutMs, telemetry } = parts;
  const first = await credential.headersFor(call, headersTimeoutMs);
  try {
    const answer = await openFile(parts, call, first);
    credential.accepted(first);
    return answer;
  } catch (error) {
    if (!(error instanceof UpstreamUnauthorized)) throw error;
    if (!(await credential.renew(first, call, headersTimeoutMs))) throw credential.blame(error);
    telemetry.metrics.upstreamRetried(error.service, 'credential');
  }
  const renewed = await credential.headersFor(call, headersTimeoutMs);
  return openFile(parts, call, renewed).catch((error: unknown) => {
    throw error instanceof UpstreamUnauthorized ? credential.blame(error) : error;
  });
}

async function openFile(
  { pool, basePath, headersTimeoutMs, telemetry }: FileStreamParts,
  call: FileCall,
  credentialHeaders: CredentialHeaders,
): Promise<FileAnswer> {
  const attempt: HttpAttempt = {
    service: serviceOfPath(call.path),
    method: call.method,
    path: `${basePath}${call.path}${queryText(call.query)}`,
    headers: {
      ...scopeHeaders(call),
      ...credentialHeaders,
      accept: '*/*',
      ...(call.range === undefined ? {} : { range: call.range }),
    },
    body: null,
    signal: call.signal,
    timeoutMs: headersTimeoutMs,
    maxBodyBytes: maxProblemBytes,
  };
  const watch = watchTime(attempt);
  try {
    const { method, path, headers } = attempt;
    if (call.tally !== undefined) call.tally.upstreamCalls += 1;
    const response = await measureCall(telemetry, attempt, async () => {
      const answered = await pool.request({ method, path, headers, signal: watch.signal });
      return { outcome: answered, status: answered.statusCode };
    });
    watch.stopTimer();
    // Whoever reads the body hears of its errors by reading; one that nobody reads any more must not end the process.
    response.body.once('close', () => watch.stop()).on('error', () => undefined);
    return await toFileAnswer(attempt, response);
  } catch (error) {
    watch.stop();
    if (error instanceof UpstreamError) throw error;
    throw errorOf(failedConnection(attempt, error, watch.timedOut()), attempt);
  }
}

const passedHeaders: readonly FileHeaderName[] = [
  'content-length',
  'content-type',
  'content-range',
  'accept-ranges',
  'etag',
  'last-modified',
];
const maxProblemBytes = 64 * 1024;

async function toFileAnswer(attempt: HttpAttempt, response: Dispatcher.ResponseData): Promise<FileAnswer> {
  const status = response.statusCode;
  const headers: Partial<Record<FileHeaderName, string>> = {};
  for (const name of passedHeaders) {
    const value = oneHeader(response.headers, name);
    if (value !== undefined) headers[name] = value;
  }
  if (status === 200 || status === 206) {
    if (attempt.method === 'GET') return { status, headers, body: response.body };
    await response.body.dump();
    return { status, headers, body: null };
  }
  if (status === 416) {
    await response.body.dump();
    // Length and type are those of the upstream's error body, which stays here.
    const { 'content-length': _length, 'content-type': _type, ...rangeHeaders } = headers;
    return { status, headers: rangeHeaders, body: null };
  }
  throw errorOf(refused(attempt, response, await readProblemBody(response)), attempt);
}

async function readProblemBody(response: Dispatcher.ResponseData): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxProblemBytes) return null;
    chunks.push(chunk);
  }
  try {
    return parseJson(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
}

function errorOf(outcome: Outcome, attempt: HttpAttempt): Error {
  return outcome.kind === 'failure' ? outcome.error : outOfTime(attempt.service);
}
