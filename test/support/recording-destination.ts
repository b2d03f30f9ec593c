import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A request as it came, letter for letter. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  /** Name, value, name, value. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (request: RecordedRequest, response: ServerResponse) => void;

export interface RecordingDestination {
  readonly port: number;
  /** `127.0.0.1:port`, as an operator names it. */
  readonly host: string;
  readonly url: string;
  readonly requests: RecordedRequest[];
  /** How many connections were made, with or without a request. */
  connections(): number;
  answer: Answer;
  close(): Promise<void>;
}

const tlsFolder = join(__dirname, '../fixtures/tls');
/** Of the certificate for `destination.test`. */
export const destinationCertificate = readFileSync(join(tlsFolder, 'certificate.pem'), 'utf8');

/** A real server on the loopback that plays an ad platform and remembers what it was sent. */
export async function startRecordingDestination(
  options: { readonly tls?: boolean; readonly answer?: Answer } = {},
): Promise<RecordingDestination> {
  const requests: RecordedRequest[] = [];
  let connections = 0;
  const handle: RequestListener = (request, response) => {
    void readRequest(request).then((recorded) => {
      requests.push(recorded);
      destination.answer(recorded, response);
    });
  };
  const server =
    options.tls === true
      ? createSecureServer(
          { key: readFileSync(join(tlsFolder, 'key.pem')), cert: destinationCertificate },
          handle,
        )
      : createServer(handle);
  server.on('connection', () => (connections += 1));
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const destination: RecordingDestination = {
    port,
    host: `127.0.0.1:${port}`,
    url: `${options.tls === true ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    answer: options.answer ?? ((_request, response) => void response.writeHead(204).end()),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return destination;
}

/** Answers with a status and a JSON body. */
export function answerJson(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_request, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));
}

async function readRequest(request: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', rawHeaders, headers } = request;
  return { method, url, rawHeaders, headers, body: Buffer.concat(chunks).toString('utf8') };
}
