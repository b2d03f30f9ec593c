import type { IncomingMessage, ServerResponse } from 'node:http';

export const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

export interface PlainAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a whole text; of a HEAD request only its headers. */
export function send(request: IncomingMessage, response: ServerResponse, answer: PlainAnswer): void {
  const body = Buffer.from(answer.body, 'utf8');
  response.writeHead(answer.status, {
    ...securityHeaders,
    'content-type': answer.contentType,
    'content-length': body.length,
    ...answer.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** A value as a JSON answer that ends in a line break. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): PlainAnswer {
  return {
    status,
    contentType: 'application/json; charset=utf-8',
    body: `${JSON.stringify(value)}\n`,
    ...(headers && { headers }),
  };
}

/** A refusal before GraphQL was reached, in the shape of a GraphQL answer. */
export function refusal(
  status: number,
  error: { readonly code: string; readonly message: string; readonly requestId: string },
  headers?: Readonly<Record<string, string>>,
): PlainAnswer {
  const { message, code, requestId } = error;
  return jsonAnswer(status, { errors: [{ message, extensions: { code, requestId } }] }, headers);
}
