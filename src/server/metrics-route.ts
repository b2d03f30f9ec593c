import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MetricsPage } from '../telemetry/prometheus';
import { jsonAnswer, send } from './http-answers';
import { isLoopback, nameOf } from './known-hosts';

/** What Prometheus reads, and who may read it. */
export interface MetricsAccess {
  readonly page: MetricsPage;
  /** `loopback`: this machine alone. */
  readonly readers: 'loopback' | 'on';
}

/** GET /metrics. Whoever may not read it learns no more than at any other address where nothing is. */
export async function answerMetrics(
  { page, readers }: MetricsAccess,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (readers === 'loopback' && !isFromThisMachine(request)) {
    send(request, response, jsonAnswer(404, { message: 'There is nothing at this address.' }));
    return;
  }
  send(request, response, { status: 200, contentType: page.contentType, body: await page.text() });
}

/** A proxy on this machine speaks for others; a page that has rebound its name speaks under that name. */
function isFromThisMachine({ socket, headers }: IncomingMessage): boolean {
  const address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  const isPassedOn = ['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'via'].some(
    (name) => name in headers,
  );
  const host = nameOf(headers.host);
  return isLoopback(address) && !isPassedOn && host !== null && isLoopback(host);
}
