import type { IncomingMessage } from 'node:http';

const mostBytes = 256 * 1024;

export type BodyReading =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly message: string };

/** Reads a JSON body or a form of at most 256 KiB; null where there is none. */
export async function readRequestBody(request: IncomingMessage): Promise<BodyReading> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    // Read on, or the connection would break before the refusal has left.
    if (size <= mostBytes) chunks.push(piece);
  }
  if (size > mostBytes) return { ok: false, status: 413, message: 'The body is larger than 256 KiB.' };
  if (size === 0) return { ok: true, body: null };
  const text = Buffer.concat(chunks).toString();
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded')
    return { ok: true, body: Object.fromEntries(new URLSearchParams(text)) };
  if (type !== 'application/json')
    return { ok: false, status: 415, message: 'The body must be application/json or a form.' };
  try {
    return { ok: true, body: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, status: 400, message: 'The body is not valid JSON.' };
  }
}

/** The token that a request brings: `Authorization: Bearer …`, or the field `access_token` of its query or form. */
export function tokenOf(request: IncomingMessage, url: URL, body: unknown): string | null {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const inQuery = url.searchParams.get('access_token');
  if (inQuery !== null) return inQuery;
  const inForm =
    typeof body === 'object' && body !== null && Object.hasOwn(body, 'access_token')
      ? (body as Readonly<Record<string, unknown>>)['access_token']
      : null;
  return typeof inForm === 'string' ? inForm : null;
}
