import type { IncomingMessage } from 'node:http';

export const maxBodyBytes = 1024 * 1024;

export type BodyReading =
  | { readonly kind: 'json'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status: 400 | 413 | 415; readonly message: string };

/**
 * Reads a JSON body of at most 1 MiB, and no more of it than that.
 *
 * Another content type is passed on unread (`body` undefined), so that the CSRF guard is the one to refuse it.
 */
export async function readJsonBody(request: IncomingMessage): Promise<BodyReading> {
  const { essence, charset } = readContentType(request.headers['content-type']);
  if (essence !== 'application/json') {
    request.resume();
    return { kind: 'refused', status: 415, message: 'Send the operation as application/json.' };
  }
  if (charset !== null && charset !== 'utf-8' && charset !== 'utf8') {
    request.resume();
    return { kind: 'refused', status: 415, message: 'Only UTF-8 is understood.' };
  }
  if (request.headers['content-encoding'] !== undefined) {
    request.resume();
    return { kind: 'refused', status: 415, message: 'Compressed bodies are not understood.' };
  }
  const bytes = await readBytes(request);
  if (bytes === null)
    return { kind: 'refused', status: 413, message: `The body is longer than ${maxBodyBytes} bytes.` };
  return parseBody(bytes);
}

/** Null where there are more bytes than allowed. */
async function readBytes(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function parseBody(bytes: Buffer): BodyReading {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { kind: 'json', body: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'refused', status: 400, message: 'The body is not JSON in UTF-8.' };
  }
}

function readContentType(header: string | undefined): {
  readonly essence: string;
  readonly charset: string | null;
} {
  const [essence = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return {
    essence,
    charset: charset === undefined ? null : charset.slice('charset='.length).replaceAll('"', ''),
  };
}
