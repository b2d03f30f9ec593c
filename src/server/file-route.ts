import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DataSources, SourceFile } from '../datasources';
import { createDataSources } from '../datasources/create-data-sources';
import type { FileAnswer } from '../datasources/rest-call';
import {
  UpstreamError,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamTimeout,
} from '../errors/upstream-error';
import { toRequestId } from './context';
import { judgeConditions } from './file-conditions';
import type { SharedParts } from './context';
import { signalOfLeaving } from './graphql-route';
import { jsonAnswer, securityHeaders, send } from './http-answers';
import { sendFile } from './send-file';

/** A download of which nothing has been read for so long is ended. */
const idleMs = 30_000;

/**
 * GET and HEAD /files/<token>/<name>: a file of a batch, passed on as it comes, so that its size does not matter. A bad
 * link of any kind is the same 404, one past its time a 410. The token is the credential; no header of the request goes
 * upstream but a Range that is one.
 */
export async function answerFile(
  shared: SharedParts,
  path: { readonly token: string; readonly name: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = toRequestId(request.headers['x-request-id']);
  const link = await shared.downloadLinks.open(path.token);
  if (link === 'expired') {
    const message = 'The time of this link is over. Ask for a new downloadUrl.';
    send(request, response, jsonAnswer(410, { message, requestId }));
    return;
  }
  if (link === null || link.file.name !== path.name) {
    const message = 'This link leads nowhere. Ask for a new downloadUrl.';
    send(request, response, jsonAnswer(404, { message, requestId }));
    return;
  }
  const signal = signalOfLeaving(response);
  const sources = createDataSources({ client: shared.client, caller: link.caller, requestId, signal });
  try {
    const opened = await openFile(sources, link.file, request);
    const judged = judgeConditions(request.headers, opened);
    const { status, headers, body } = judged === null ? opened : unsent(opened, judged);
    response.writeHead(status, {
      ...securityHeaders,
      ...headers,
      'x-request-id': requestId,
      'content-disposition': `attachment; filename*=UTF-8''${encodeRfc5987(link.file.name)}`,
    });
    if (body === null) response.end();
    else await sendFile(body, response, { idleMs, onBytes: shared.telemetry.metrics.downloaded });
  } catch (error) {
    if (response.headersSent) {
      // The client has left or stands still, or the upstream broke off: half a file must not look like a whole one.
      shared.log.child({ requestId }).info({ err: error }, 'A download ended early');
      response.destroy();
      return;
    }
    if (!(error instanceof UpstreamError)) throw error;
    const answer = jsonAnswer(statusOf(error), { message: error.message, requestId });
    send(request, response, { ...answer, headers: { ...answer.headers, ...retryHeaders(error) } });
  }
}

/** Nothing of the file is sent: the client has it (304), or goes on with another one (412). */
function unsent({ headers, body }: FileAnswer, status: 304 | 412): FileAnswer {
  body?.on('error', () => undefined).destroy();
  const { 'content-length': _length, 'content-range': _range, ...kept } = headers;
  return { status, headers: kept, body: null };
}

/** One range or several; what is none is left out, as RFC 9110 (14.2) has it, and the whole file comes. */
const rangePattern = /^bytes=\s*(\d+-\d*|-\d+)(\s*,\s*(\d+-\d*|-\d+)){0,15}\s*$/;

/**
 * Opens the file as the client asked for it. With If-Range a part comes only of the file that the client has a part of
 * already; of another one, or where the upstream does not say which it is, the whole.
 */
async function openFile(
  { dataAccess }: DataSources,
  file: SourceFile,
  { method: asked, headers }: IncomingMessage,
): Promise<FileAnswer> {
  const method = asked === 'HEAD' ? 'HEAD' : 'GET';
  const { range, 'if-range': ifRange } = headers;
  if (range === undefined || !rangePattern.test(range)) return dataAccess.openFile(file, { method });
  const answer = await dataAccess.openFile(file, { method, range });
  if (ifRange === undefined || answer.status === 200) return answer;
  const { etag, 'last-modified': lastModified } = answer.headers;
  if (etag === ifRange || lastModified === ifRange) return answer;
  answer.body?.on('error', () => undefined).destroy();
  return dataAccess.openFile(file, { method });
}

function retryHeaders(error: UpstreamError): Readonly<Record<string, string>> {
  if (!(error instanceof UpstreamRateLimited) || error.retryAfterMs === null) return {};
  return { 'retry-after': String(Math.ceil(error.retryAfterMs / 1000)) };
}

function statusOf(error: UpstreamError): number {
  if (error instanceof UpstreamNotFound) return 404;
  if (error instanceof UpstreamRateLimited) return 429;
  if (error instanceof UpstreamTimeout) return 504;
  return error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN' ? 403 : 502;
}

function encodeRfc5987(name: string): string {
  return encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
