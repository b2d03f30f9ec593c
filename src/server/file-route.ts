import type { IncomingMessage, ServerResponse } from 'node:http';
import { createDataSources } from '../datasources/create-data-sources';
import {
  UpstreamError,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamTimeout,
} from '../errors/upstream-error';
import { toRequestId } from './context';
import type { SharedParts } from './context';
import { signalOfLeaving } from './graphql-route';
import { jsonAnswer, securityHeaders, send } from './http-answers';
import { sendFile } from './send-file';

/** A download of which nothing has been read for so long is ended. */
const idleMs = 30_000;

/**
 * GET and HEAD /files/<token>/<name>: a file of a batch, passed on as it comes, so that its size does not matter. A bad
 * link of any kind is the same 404. The token is the credential; no header of the request goes upstream but Range.
 */
export async function answerFile(
  shared: SharedParts,
  path: { readonly token: string; readonly name: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = toRequestId(request.headers['x-request-id']);
  const log = shared.log.child({ requestId });
  const link = await shared.downloadLinks.open(path.token);
  if (link === null || link.file.name !== path.name) {
    send(
      request,
      response,
      jsonAnswer(404, {
        message: 'This link leads nowhere, or its time is over. Ask for a new downloadUrl.',
      }),
    );
    return;
  }
  const signal = signalOfLeaving(response);
  const sources = createDataSources({ client: shared.client, caller: link.caller, requestId, signal });
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
  try {
    const { status, headers, body } = await sources.dataAccess.openFile(link.file, {
      method,
      range: request.headers.range,
    });
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
      log.info({ err: error }, 'A download ended early');
      response.destroy();
      return;
    }
    if (!(error instanceof UpstreamError)) throw error;
    send(request, response, jsonAnswer(statusOf(error), { message: error.message, requestId }));
  }
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
